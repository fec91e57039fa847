#include <cloche/builtin/events.h>

#include "events/inbox.h"

namespace cloche {
namespace {

using events::Inbox;
using events::TopicScope;

std::vector<ScopeField> scope_fields() { return {{"topic", ScopeKind::text, true, {}}}; }

// Asynchronous, so that plugins that answer each other's events do not do so on one stack.
Result<void> publish(Call& call, const std::string& topic, const Value& value) {
  auto& scope = call.scope<TopicScope>();
  if (auto checked = events::check_topic(topic); !checked) return checked;
  if (auto admitted = scope.admit(call, std::string_view(topic), topic); !admitted) return admitted;
  return scope.bus->publish({topic, value, call.plugin().id});
}

}  // namespace

void define_events(Registry& registry, std::shared_ptr<EventBus> bus) {
  registry.define("events.publish")
      .summary("Tells other plugins and the application what happened")
      .scope(scope_fields(),
             [bus](const Grant& grant, const PluginInfo&) -> Result<std::shared_ptr<TopicScope>> {
               auto scope = TopicScope::make(grant, bus);
               if (!scope) return scope.error();
               return std::make_shared<TopicScope>(std::move(*scope));
             })
      .async("publish", publish, {{"topic", "value"}, "Tells everybody who subscribed to the topic."});
  registry.define("events.subscribe")
      .summary("Is told what happens in other plugins and the application")
      .scope(scope_fields(),
             [bus](const Grant& grant, const PluginInfo& plugin) -> Result<std::shared_ptr<Inbox>> {
               auto scope = TopicScope::make(grant, bus);
               if (!scope) return scope.error();
               return std::make_shared<Inbox>(std::move(*scope), plugin);
             })
      .sync("subscribe",
            [](Call& call, const std::string& pattern, const Function& callback) {
              return call.scope<Inbox>().subscribe(call, pattern, callback);
            },
            {{"pattern", "callback"},
             "Has events of these topics told to a function; gives the number to end it with."})
      .sync("unsubscribe",
            [](Call& call, std::uint32_t number) { return call.scope<Inbox>().unsubscribe(number); },
            {{"number"}, "Ends a subscription; tells whether there was one."});
}

}  // namespace cloche
