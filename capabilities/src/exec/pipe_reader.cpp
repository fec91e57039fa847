#include "exec/pipe_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>
#include <utility>

namespace cloche::exec {

Result<void> PipeReader::watch(Reactor& reactor, std::function<void()> arrived) {
  arrived_ = std::move(arrived);
  auto watch = reactor.watch(pipe_.get(), Reactor::Interest::read, [this](Reactor::Ready) { read_ready(); });
  if (!watch) return watch.error();
  watch_ = std::move(*watch);
  return {};
}

PipeReader::Step PipeReader::read_some() {
  std::array<std::uint8_t, 16 * 1024> buffer;
  const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Step::nothing : Step::end;
  if (count == 0) return Step::end;
  const auto kept = std::min(static_cast<std::uint64_t>(count), budget_.left);
  bytes_.insert(bytes_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(kept));
  budget_.left -= kept;
  budget_.exceeded = budget_.exceeded || kept < static_cast<std::uint64_t>(count);
  return Step::read;
}

void PipeReader::read_ready() {
  const Step step = read_some();
  if (step == Step::nothing) return;
  if (step == Step::end) end();
  if (watch_ && bytes_.size() >= window_) watch_->want(Reactor::Interest::none);
  arrived_();
}

void PipeReader::drain() {
  while (pipe_ && read_some() == Step::read) {
  }
  end();
}

Bytes PipeReader::take() {
  if (watch_) watch_->want(Reactor::Interest::read);
  return std::exchange(bytes_, {});
}

void PipeReader::end() noexcept {
  watch_.reset();
  pipe_ = FileDescriptor();
}

}  // namespace cloche::exec
