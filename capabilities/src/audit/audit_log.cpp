#include <algorithm>
#include <array>
#include <atomic>
#include <cloche/audit_log.h>
#include <pthread.h>

#include "audit/log_writer.h"

namespace cloche {
namespace {

using Kind = AuditEvent::Kind;
constexpr std::array kKinds{Kind::allow, Kind::deny, Kind::prompt, Kind::grant, Kind::revoke};

constexpr unsigned bit_of(Kind kind) { return 1U << static_cast<unsigned>(kind); }

// How often this process came out of a fork: a log made before the last one has no thread in it.
std::atomic<unsigned> forks{0};

unsigned count_forks() {
  static const int kRegistered = ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
  static_cast<void>(kRegistered);
  return forks.load(std::memory_order_relaxed);
}

Result<unsigned> wanted_kinds(const std::vector<std::string>& names) {
  unsigned kinds = 0;
  for (const Kind kind : kKinds) {
    if (names.empty()) kinds |= bit_of(kind);
  }
  for (const std::string& name : names) {
    const auto* const found =
        std::ranges::find_if(kKinds, [&](Kind kind) { return to_string(kind) == name; });
    if (found == kKinds.end())
      return Error(Errc::invalid_argument,
                   "the audit has no event '" + name + "'; it has allow, deny, prompt, grant and revoke");
    kinds |= bit_of(*found);
  }
  return kinds;
}

}  // namespace

Result<std::shared_ptr<AuditLog>> AuditLog::open(AuditLogOptions options) {
  const auto kinds = wanted_kinds(options.events);
  if (!kinds) return kinds.error();
  audit::RotatingFile file(options.file, options.max_size, options.keep);
  if (auto opened = file.open(); !opened) return opened.error();
  return std::shared_ptr<AuditLog>(new AuditLog(*kinds, std::make_unique<Writer>(options, std::move(file))));
}

AuditLog::AuditLog(unsigned kinds, std::unique_ptr<Writer> writer) noexcept
    : kinds_(kinds), forks_(count_forks()), writer_(std::move(writer)) {}

// In a child the thread is not there to be joined, and who held the mutex may not be either: all of it is left alone.
AuditLog::~AuditLog() {
  if (forks.load() != forks_) static_cast<void>(writer_.release());
}

bool AuditLog::wants(AuditEvent::Kind kind) const noexcept { return (kinds_ & bit_of(kind)) != 0; }

void AuditLog::record(const AuditEvent& event) noexcept {
  if (wants(event.kind) && forks.load(std::memory_order_relaxed) == forks_) writer_->record(event);
}

Result<void> AuditLog::flush() {
  if (forks.load() == forks_) return writer_->flush();
  return Error(Errc::io, "the audit log is that of the process this one was forked from; open another");
}

Result<std::shared_ptr<AuditSink>> open_audit(const Policy::Audit& audit) {
  if (audit.file.empty()) return std::shared_ptr<AuditSink>();
  auto log = AuditLog::open({.file = audit.file, .events = audit.events});
  if (!log) return log.error();
  return std::shared_ptr<AuditSink>(std::move(*log));
}

}  // namespace cloche
