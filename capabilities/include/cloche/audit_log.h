#pragma once

#include <cloche/audit.h>
#include <cloche/limits.h>
#include <cloche/policy.h>
#include <cloche/result.h>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cloche {

struct AuditLogOptions {
  /// Made if it is not there, readable by its owner alone; otherwise added to. Its folder must be there.
  std::filesystem::path file;
  ByteCount max_size = 16U << 20;  ///< a file that would grow beyond it is put aside first
  /// How many files that were put aside stay, as `<file>.1`, the youngest, to `<file>.<keep>`.
  unsigned keep = 5;
  /// "allow", "deny", "prompt", "grant", "revoke": what is recorded. Empty: all of it.
  std::vector<std::string> events = {};
  /// Bytes of events that may wait for the disk, used twice over. Events beyond it are dropped and counted.
  ByteCount waiting = 1U << 20;
  /// Told once when the file cannot be written, on the log's own thread; told again only after a write in between
  /// succeeded. The log goes on trying, once a second. Null: nobody is told.
  std::function<void(const Error&)> failed = {};
};

/// An AuditSink that writes JSON Lines (RFC 8259 documents, ASCII only, one a line): see SECURITY.md for the fields.
/// `record` copies the event into memory and returns; a thread of the log's own writes. Any thread may use it; whoever
/// records or flushes keeps it alive meanwhile. Several processes may add to one file. In a child after fork(2) it
/// records nothing and its destructor does nothing: the log stays the parent's.
class AuditLog final : public AuditSink {
 public:
  /// Errors: `io` where the file cannot be opened or is none; `invalid_argument` for an unknown event.
  [[nodiscard]] static Result<std::shared_ptr<AuditLog>> open(AuditLogOptions options);
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;
  /// Writes what waits, as far as the disk lets it.
  ~AuditLog() override;

  [[nodiscard]] bool wants(AuditEvent::Kind kind) const noexcept override;
  /// Allocates nothing and waits for no disk. Of each text the first 4,096 bytes are kept.
  void record(const AuditEvent& event) noexcept override;

  /// Waits until all that was recorded before is in the file and the file on its disk (fdatasync(2)): no crash loses it
  /// any more. Error: `io`; what could not be written is kept, and tried again.
  [[nodiscard]] Result<void> flush();

 private:
  class Writer;
  AuditLog(unsigned kinds, std::unique_ptr<Writer> writer) noexcept;

  const unsigned kinds_;
  const unsigned forks_;
  std::unique_ptr<Writer> writer_;
};

/// The log that a policy asks for; null where it names no file. Errors: as of AuditLog::open.
[[nodiscard]] Result<std::shared_ptr<AuditSink>> open_audit(const Policy::Audit& audit);

}  // namespace cloche
