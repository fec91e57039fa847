#pragma once

#include "report.h"

#include <cloche/audit.h>
#include <cloche/plugin.h>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cloche::cli {

/// What plugins used of what they were granted, and what they tried beyond it, for whoever wants to grant no more than
/// is needed. Hands on every event.
class LeastPrivilege final : public AuditSink {
 public:
  explicit LeastPrivilege(std::shared_ptr<AuditSink> next) : next_(std::move(next)) {}

  [[nodiscard]] bool wants(AuditEvent::Kind kind) const noexcept override;
  void record(const AuditEvent& event) noexcept override;

  /// Of these plugins, as they are granted now.
  ExitCode tell(const std::vector<Plugin>& plugins, const Report& report) const;

 private:
  /// What was denied: capability, function and what it was about.
  struct Attempt {
    std::string capability;
    std::string function;
    std::string subject;
    friend auto operator<=>(const Attempt&, const Attempt&) = default;
  };
  struct Record {
    std::map<std::string, std::uint64_t, std::less<>> used;  // calls, by capability
    std::map<Attempt, std::uint64_t> denied;
  };

  [[nodiscard]] Record record_of(const std::string& plugin) const;

  std::shared_ptr<AuditSink> next_;
  mutable std::mutex mutex_;
  std::map<std::string, Record, std::less<>> records_;  // under mutex_, by plugin
};

}  // namespace cloche::cli
