#pragma once

#include <chrono>
#include <cloche/error.h>
#include <cloche/limits.h>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cloche {

/// One use of a capability, or one decision about it. Its texts are valid while `AuditSink::record` runs.
struct AuditEvent {
  enum class Kind : std::uint8_t {
    allow,   ///< a host function was let run
    deny,    ///< it was not, or found that it may not do what was asked
    prompt,  ///< the user was asked
    grant,   ///< a plugin was given a capability
    revoke,  ///< it was taken away
  };
  Kind kind = Kind::allow;
  std::chrono::system_clock::time_point time;
  std::string_view plugin;
  std::string_view version;
  std::string_view capability;
  std::string_view function;    ///< empty for a decision
  std::string_view subject;     ///< what it was about, as `Call::about` told, without what is secret in it
  std::string_view rule;        ///< which rule matched; of a decision, the layer and why
  Duration duration{};          ///< how long the function ran, its waits included
  std::optional<Errc> outcome;  ///< with what error it ended; none: it did what it was asked
};

std::string_view to_string(AuditEvent::Kind kind) noexcept;

/// Where a host's audit goes. From any thread; must not wait, for a plugin waits for it.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  /// Whether events of this kind are wanted.
  [[nodiscard]] virtual bool wants(AuditEvent::Kind kind) const noexcept = 0;
  virtual void record(const AuditEvent& event) noexcept = 0;
};

}  // namespace cloche
