#include "exec/pipe_writer.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <unistd.h>
#include <utility>

namespace cloche::exec {
namespace {

// Writes without SIGPIPE, whatever the host does about that: it is held back, and taken away where the write raised it.
ssize_t write_quietly(int fd, const std::uint8_t* data, std::size_t size) {
  sigset_t pipe;
  sigset_t before;
  sigset_t pending;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, &before);
  ::sigpending(&pending);
  const ssize_t count = ::write(fd, data, size);
  const int error = errno;
  if (count < 0 && error == EPIPE && ::sigismember(&pending, SIGPIPE) == 0) {
    constexpr timespec kAtOnce{};
    ::sigtimedwait(&pipe, nullptr, &kAtOnce);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return count;
}

}  // namespace

Result<void> PipeWriter::watch(Reactor& reactor, std::function<void()> written) {
  written_ = std::move(written);
  auto watch = reactor.watch(pipe_.get(), Reactor::Interest::none, [this](Reactor::Ready) { write_ready(); });
  if (!watch) return watch.error();
  watch_ = std::move(*watch);
  return {};
}

void PipeWriter::write(const Bytes& bytes) {
  if (!open()) return;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  if (!bytes_.empty()) watch_->want(Reactor::Interest::write);
}

void PipeWriter::finish() {
  finishing_ = true;
  if (idle()) end();
}

void PipeWriter::end() noexcept {
  watch_.reset();
  pipe_ = FileDescriptor();
  bytes_.clear();
}

void PipeWriter::write_ready() {
  const ssize_t count = write_quietly(pipe_.get(), bytes_.data() + sent_, bytes_.size() - sent_);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  sent_ += count < 0 ? 0 : static_cast<std::size_t>(count);
  if (count >= 0 && sent_ < bytes_.size()) return;
  bytes_.clear();
  sent_ = 0;
  if (count < 0 || finishing_) {
    end();
  } else {
    watch_->want(Reactor::Interest::none);
  }
  written_();
}

}  // namespace cloche::exec
