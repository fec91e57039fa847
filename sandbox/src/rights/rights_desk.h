#pragma once

#include <chrono>
#include <cloche/audit.h>
#include <cloche/catalogue.h>
#include <cloche/consent.h>
#include <cloche/future.h>
#include <cloche/grant_store.h>
#include <cloche/holding.h>
#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <cloche/upgrade.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

class Instance;

/// Where a host's plugins get their rights: what its policy, its user and what they answered come to, now. It knows
/// every instance there is, and has each hold what it may when that changes. Safe from any thread; no lock is held
/// while the user is asked, or while an instance is told.
class RightsDesk final : public std::enable_shared_from_this<RightsDesk> {
 public:
  struct Parts {
    Policy policy;
    Catalogue catalogue;
    std::shared_ptr<GrantStore> grants;  ///< null: answers are kept for as long as the host lives
    std::shared_ptr<Consent> consent;    ///< null: nobody can be asked
    std::shared_ptr<AuditSink> audit;    ///< null: nobody wants to know
    std::string workspace;
    Duration patience{};  ///< for how long a question waits for its answer
  };
  explicit RightsDesk(Parts parts);

  [[nodiscard]] const Catalogue& catalogue() const noexcept { return parts_.catalogue; }
  [[nodiscard]] Duration patience() const noexcept { return parts_.patience; }

  /// What the plugin of `manifest` may do now.
  [[nodiscard]] Grants resolve(const Manifest& manifest) const;
  /// The same, after the user was asked for what the plugin requires and may be asked for; waits for the answers.
  [[nodiscard]] Grants resolve_asking(const Manifest& manifest);

  /// Whether `manifest` may take the place of the version of its plugin that was accepted last: asks the user where it
  /// requires more, and waits for that. What is accepted is kept in the store; where there is neither store nor user, the
  /// policy alone decides, and everything is. Error: `not_capable`, at the entry, where it was not accepted, or
  /// comes from another publisher.
  [[nodiscard]] Result<void> accept(const Manifest& manifest);

  /// An instance was made, whose grants were resolved at some time before.
  void add(const std::shared_ptr<Instance>& instance);

  /// What the instance may do now.
  [[nodiscard]] Grants resolve_for(const Instance& instance) const;
  /// When the next grant expires; the end of time where none will.
  [[nodiscard]] std::chrono::system_clock::time_point next_expiry() const;

  /// From now on another policy counts, for every instance.
  void set_policy(Policy policy);
  /// One more grant, kept for as long as it says.
  [[nodiscard]] Result<void> grant(Policy::UserGrant grant);
  /// Takes a capability (a pattern) from a plugin: what runs is told at once, the user's grants of it are removed, and it
  /// is not granted again, nor asked for, before `grant`.
  [[nodiscard]] Result<void> revoke(std::string_view plugin, std::string_view capability);
  /// Reads the grants' file again, which others may have changed.
  [[nodiscard]] Result<void> refresh();

  /// What a plugin that runs asks the user for. `ticket` names the question, for `time_out`.
  struct Question {
    Future<Permission> answer;
    std::uint64_t ticket = 0;
  };
  [[nodiscard]] Question ask(const std::shared_ptr<Instance>& instance, std::string_view capability);
  /// The user had time enough.
  void time_out(std::uint64_t ticket);

 private:
  using Key = std::pair<std::string, std::string>;  // plugin, capability
  struct Pending {
    Key key;
    std::shared_ptr<const Manifest> manifest;
    std::weak_ptr<Instance> instance;  // who is given what counts once; none: nobody runs yet
    std::vector<Promise<Permission>> waiting;
    bool answered = false;  // the answer is being kept
  };
  struct Once {
    std::weak_ptr<Instance> instance;
    Policy::UserGrant grant;
    bool taken = false;  // by that instance; otherwise it is for the next one of the plugin
  };

  [[nodiscard]] Grants resolve_locked(const Manifest& manifest, const Policy& policy) const;
  [[nodiscard]] Policy policy_of(const Instance* instance) const;
  /// Whether what is granted already is asked for all the same.
  enum class Again : bool { no, yes };
  [[nodiscard]] Question ask_for(std::shared_ptr<const Manifest> manifest,
                                 const std::shared_ptr<Instance>& instance, const std::string& capability,
                                 Again again = Again::no);
  [[nodiscard]] std::optional<ConsentRequest> request_for(const Manifest& manifest,
                                                          const std::string& capability) const;
  [[nodiscard]] std::optional<AcceptedManifest> accepted_of(const std::string& plugin) const;
  [[nodiscard]] Result<void> ask_for_upgrade(const Manifest& manifest, const Upgrade& upgrade);
  void answer(std::uint64_t ticket, const Result<ConsentAnswer>& answer);
  [[nodiscard]] ConsentAnswer answer_of(const Result<ConsentAnswer>& answer) const;
  void keep(const Pending& pending, const ConsentAnswer& answer);
  void tell_instances(std::string_view plugin);
  [[nodiscard]] std::vector<std::shared_ptr<Instance>> instances_locked();
  void note(AuditEvent::Kind kind, const Manifest& manifest, std::string_view capability,
            std::string_view why) const;

  const Parts parts_;
  mutable std::mutex mutex_;  // of all that follows
  Policy policy_;
  std::map<std::string, AcceptedManifest> accepted_;          // without a store
  std::vector<Policy::UserGrant> session_;                    // without a store
  std::vector<std::pair<std::string, std::string>> revoked_;  // plugin, capability pattern
  std::vector<Once> once_;
  std::vector<std::weak_ptr<Instance>> instances_;
  std::uint64_t last_ticket_ = 0;
  std::map<std::uint64_t, Pending> pending_;
};

}  // namespace cloche
