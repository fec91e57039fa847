#pragma once

#include <atomic>
#include <cloche/call.h>
#include <cloche/conjunction.h>
#include <cloche/event_bus.h>
#include <cstdint>
#include <map>
#include <memory>

#include "events/topic_rule.h"

namespace cloche::events {

/// The topics of one grant.
struct TopicScope {
  std::string capability;
  Conjunction<TopicRule> rules;
  std::shared_ptr<EventBus> bus;

  [[nodiscard]] static Result<TopicScope> make(const Grant& grant, std::shared_ptr<EventBus> bus);
  /// What `topic`, or a pattern, is allowed by; `not_capable` where it is not. Tells the audit.
  template <class Topic>
  [[nodiscard]] Result<void> admit(Call& call, const Topic& topic, std::string_view text) const {
    const auto permit = rules.permit(topic);
    call.about(text, permit ? permit->rule : std::string_view());
    return permit ? Result<void>() : outside(text);
  }

 private:
  [[nodiscard]] Error outside(std::string_view topic) const;
};

/// The subscriptions of one plugin under one grant. `deliver` may be called from any thread; the rest belongs to the
/// plugin's.
class Inbox {
 public:
  static constexpr std::size_t kMaxSubscriptions = 256;

  Inbox(TopicScope scope, const PluginInfo& plugin);
  /// Ends them.
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  [[nodiscard]] Result<std::uint32_t> subscribe(Call& call, const std::string& pattern,
                                                const Function& callback);
  bool unsubscribe(std::uint32_t number);

 private:
  struct Intake;
  const std::shared_ptr<Intake> intake_;
  std::map<std::uint32_t, std::unique_ptr<Lease>> subscriptions_;
};

}  // namespace cloche::events
