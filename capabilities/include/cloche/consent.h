#pragma once

#include <chrono>
#include <cloche/consent_text.h>
#include <cloche/future.h>
#include <cloche/grants.h>
#include <cloche/policy.h>
#include <iosfwd>
#include <memory>
#include <optional>

namespace cloche {

/// What a user is asked: whether a plugin may have one capability.
struct ConsentRequest {
  ConsentText text;       ///< what to show, rendered from `grant`
  Grant grant;            ///< what will be enforced if the answer is yes
  bool required = false;  ///< whether the plugin cannot be loaded without it
};

struct ConsentAnswer {
  bool allowed = false;
  /// How long it counts, a no as well as a yes: once: until the plugin is unloaded; session: until the host ends.
  Policy::Lifetime lifetime = Policy::Lifetime::once;
  std::optional<std::chrono::sys_seconds> expires = {};  ///< of a yes
};

/// How a host asks its user. A request that is under way is not made again, nor is one that was answered, for as long
/// as the answer counts. Called from any thread.
class Consent {
 public:
  virtual ~Consent() = default;
  /// Whether there is somebody to be asked; without, `defaults.no_ui` of the policy decides.
  [[nodiscard]] virtual bool present() const noexcept = 0;
  /// Must not wait: the answer comes through the future. An error counts as `defaults.prompt_timeout`.
  [[nodiscard]] virtual Future<ConsentAnswer> ask(const ConsentRequest& request) = 0;
};

/// Nobody is there: what is not granted is not.
[[nodiscard]] std::shared_ptr<Consent> no_consent();

/// Asks on a terminal, one question at a time: writes to `out` and reads lines from the descriptor `in`, on a thread of
/// its own, which is waited for when the last copy goes. Both must outlive it. When the input ends, nobody is there.
/// Throws std::system_error when no descriptor is left.
[[nodiscard]] std::shared_ptr<Consent> terminal_consent(int in, std::ostream& out);

}  // namespace cloche
