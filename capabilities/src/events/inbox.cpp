#include "events/inbox.h"

#include <algorithm>
#include <utility>

#include "text/ecma_text.h"

namespace cloche::events {

Result<TopicScope> TopicScope::make(const Grant& grant, std::shared_ptr<EventBus> bus) {
  auto rules = Conjunction<TopicRule>::make(grant, TopicRule::make);
  if (!rules) return rules.error();
  return TopicScope{grant.capability, std::move(*rules), std::move(bus)};
}

Error TopicScope::outside(std::string_view topic) const {
  return {Errc::not_capable,
          "'" + text::excerpt(topic, 80) + "' is outside what this plugin was granted of " + capability};
}

// What handlers on other threads share with the plugin: it outlives the Inbox while one of them is at work. Events that
// were handed over and not yet answered have half of the mailbox, so that they keep no call out of it.
struct Inbox::Intake {
  TopicScope scope;
  std::uint64_t room;
  std::shared_ptr<UseWatch> watch;
  std::atomic<std::uint64_t> under_way{0};
  std::atomic<std::uint64_t> dropped{0};

  Intake(TopicScope the_scope, const PluginInfo& plugin)
      : scope(std::move(the_scope)),
        room(std::max<std::uint64_t>(plugin.limits.mailbox / 2, 1)),
        watch(plugin.watch) {}

  static void deliver(const std::shared_ptr<Intake>& intake, const Function& callback, const Event& event);
  void drop() {
    dropped.fetch_add(1);
    if (watch) watch->limit_hit(Limit::mailbox);
  }
};

void Inbox::Intake::deliver(const std::shared_ptr<Intake>& intake, const Function& callback,
                            const Event& event) {
  if (!intake->scope.rules.permit(std::string_view(event.topic))) return;
  if (intake->under_way.fetch_add(1) >= intake->room) {
    intake->under_way.fetch_sub(1);
    return intake->drop();
  }
  const std::uint64_t dropped = intake->dropped.exchange(0);
  Object told{{"topic", event.topic}, {"value", event.value}, {"dropped", static_cast<double>(dropped)}};
  if (!event.publisher.empty()) told.emplace_back("publisher", event.publisher);
  callback({Value(std::move(told))})
      .then([](const std::function<void()>& job) { job(); },
            [intake, dropped](const Result<Value>& answer) {
              intake->under_way.fetch_sub(1);
              const Errc code = answer ? Errc::threw : answer.error().code();
              if (code != Errc::mailbox_limit && code != Errc::size_limit) return;
              intake->dropped.fetch_add(dropped);
              intake->drop();
            });
}

Inbox::Inbox(TopicScope scope, const PluginInfo& plugin)
    : intake_(std::make_shared<Intake>(std::move(scope), plugin)) {}

Inbox::~Inbox() {
  for (const auto& [number, lease] : subscriptions_) intake_->scope.bus->unsubscribe(number);
}

Result<std::uint32_t> Inbox::subscribe(Call& call, const std::string& pattern, const Function& callback) {
  auto parsed = TopicPattern::parse(pattern);
  if (!parsed) return parsed.error();
  if (auto admitted = intake_->scope.admit(call, *parsed, pattern); !admitted) return admitted.error();
  if (subscriptions_.size() >= kMaxSubscriptions)
    return Error(Errc::quota, "the plugin has 256 subscriptions already; end some, or use wider patterns");
  const auto bus = intake_->scope.bus;
  auto number = bus->subscribe(pattern, [intake = intake_, callback](const Event& event) {
    Intake::deliver(intake, callback, event);
  });
  if (!number) return number.error();
  const auto id = static_cast<std::uint32_t>(*number);
  subscriptions_.emplace(id, call.lease([bus, number = *number] { bus->unsubscribe(number); }));
  return id;
}

bool Inbox::unsubscribe(std::uint32_t number) {
  const auto found = subscriptions_.find(number);
  if (found == subscriptions_.end()) return false;
  subscriptions_.erase(found);
  return intake_->scope.bus->unsubscribe(number);
}

}  // namespace cloche::events
