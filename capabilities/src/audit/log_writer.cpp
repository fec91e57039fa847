#include "audit/log_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "audit/event_line.h"

namespace cloche {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 100ms;          // between two looks for events
constexpr int kQuietLooks = 10;        // after as many that found none it sleeps until there is one
constexpr auto kRetry = 1s;            // after a failure
constexpr std::size_t kChunk = 65536;  // bytes handed to the file at once

}  // namespace

AuditLog::Writer::Writer(const AuditLogOptions& options, audit::RotatingFile file)
    : max_chunk_(std::min<std::size_t>(kChunk, options.max_size)),
      tell_(options.failed),
      file_(std::move(file)),
      back_(std::make_unique<audit::EventBuffer>(options.waiting)),
      front_(std::make_unique<audit::EventBuffer>(options.waiting)),
      thread_([this] { run(); }) {}

AuditLog::Writer::~Writer() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  work_.notify_one();
  thread_.join();
}

// Waking the thread is a call of the kernel, so it is woken out of a long sleep and when the buffer fills up, and
// otherwise comes to look.
void AuditLog::Writer::record(const AuditEvent& event) noexcept {
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    front_->add(event);
    ++recorded_;
    wake = asleep_ || (!woken_ && front_->half_full());
    woken_ = woken_ || wake;
    asleep_ = false;
  }
  if (wake) work_.notify_one();
}

Result<void> AuditLog::Writer::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = recorded_;
  const std::uint64_t failures = failures_;
  wanted_ = std::max(wanted_, wanted);
  work_.notify_one();
  settled_.wait(lock, [&] { return synced_ >= wanted || failures_ != failures; });
  return synced_ >= wanted ? Result<void>() : last_failure_;
}

bool AuditLog::Writer::is_due() const {
  return stop_ || wanted_ > synced_ || (front_->half_full() && !failing_);
}

// Whether what is written now is to be on the disk, too.
bool AuditLog::Writer::wait_for_work() {
  std::unique_lock lock(mutex_);
  for (int quiet = 0; !is_due();) {
    asleep_ = quiet >= kQuietLooks && !failing_;
    if (asleep_) {
      work_.wait(lock, [&] { return !asleep_ || is_due(); });
      quiet = 0;
    } else if (!work_.wait_for(lock, failing_ ? kRetry : kLook, [&] { return is_due(); })) {
      if (failing_ || !front_->empty()) break;
      ++quiet;
    }
  }
  asleep_ = false;
  return stop_ || wanted_ > synced_;
}

void AuditLog::Writer::run() {
  for (bool last = false; !last;) {
    const bool sync = wait_for_work();
    {
      const std::scoped_lock lock(mutex_);
      last = stop_;
    }
    if (auto written = write_round(sync); written) {
      succeeded(sync);
    } else {
      failed(written.error());
    }
  }
}

// What an earlier round left goes first; until it is written nothing more is taken.
Result<void> AuditLog::Writer::write_round(bool sync) {
  if (auto written = write_lines(); !written) return written;
  take();
  if (auto written = write_lines(); !written) return written;
  return sync ? file_.sync() : Result<void>();
}

Result<void> AuditLog::Writer::write_lines() {
  for (; !chunks_.empty(); chunks_.pop_front(), done_ = 0) {
    if (auto added = file_.add(chunks_.front(), done_); !added) return added;
  }
  return {};
}

void AuditLog::Writer::take() {
  {
    const std::scoped_lock lock(mutex_);
    front_.swap(back_);
    taken_ = recorded_;
    woken_ = false;
  }
  back_->each([this](const AuditEvent& event) { add_line(audit::event_line(event)); });
  if (back_->dropped() > 0) add_line(audit::dropped_line(back_->last_dropped(), back_->dropped()));
  back_->clear();
}

void AuditLog::Writer::add_line(std::string line) {
  if (chunks_.empty() || chunks_.back().size() + line.size() > max_chunk_) {
    chunks_.push_back(std::move(line));
  } else {
    chunks_.back() += line;
  }
}

void AuditLog::Writer::succeeded(bool synced) {
  {
    const std::scoped_lock lock(mutex_);
    failing_ = false;
    if (synced) synced_ = taken_;
  }
  settled_.notify_all();
}

// Who flushes is answered, and asks again if it likes.
void AuditLog::Writer::failed(const Error& error) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = !std::exchange(failing_, true);
    ++failures_;
    last_failure_ = error;
    wanted_ = synced_;
  }
  settled_.notify_all();
  if (first && tell_) tell_(error);
}

}  // namespace cloche
