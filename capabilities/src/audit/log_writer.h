#pragma once

#include <cloche/audit_log.h>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "audit/event_buffer.h"
#include "audit/rotating_file.h"

namespace cloche {

/// The thread of an AuditLog, and what it shares with those who record: of two buffers the front one is filled while
/// the back one is written, and exchanging them is all that is done under the mutex beside copying.
class AuditLog::Writer {
 public:
  Writer(const AuditLogOptions& options, audit::RotatingFile file);
  /// Writes what there is, once.
  ~Writer();

  void record(const AuditEvent& event) noexcept;
  [[nodiscard]] Result<void> flush();

 private:
  void run();
  [[nodiscard]] bool is_due() const;
  bool wait_for_work();
  [[nodiscard]] Result<void> write_round(bool sync);
  [[nodiscard]] Result<void> write_lines();
  void take();
  void add_line(std::string line);
  void succeeded(bool synced);
  void failed(const Error& error);

  const std::size_t max_chunk_;
  const std::function<void(const Error&)> tell_;

  // The thread's own.
  audit::RotatingFile file_;
  std::unique_ptr<audit::EventBuffer> back_;
  std::deque<std::string> chunks_;  // lines on their way to the file
  std::size_t done_ = 0;            // bytes of the first of them that are in it
  std::uint64_t taken_ = 0;         // events that are there or in `chunks_`

  std::mutex mutex_;  // guards what follows
  std::condition_variable work_;
  std::condition_variable settled_;
  std::unique_ptr<audit::EventBuffer> front_;
  std::uint64_t recorded_ = 0;  // events so far
  std::uint64_t wanted_ = 0;    // as many are to be on the disk
  std::uint64_t synced_ = 0;    // as many are
  std::uint64_t failures_ = 0;
  Error last_failure_;
  bool failing_ = false;
  bool asleep_ = false;  // waits until somebody wakes it, not until the next look
  bool woken_ = false;
  bool stop_ = false;

  std::thread thread_;  // last: uses what is above
};

}  // namespace cloche
