#pragma once

#include <cloche/event_bus.h>
#include <cloche/registry.h>
#include <memory>

namespace cloche {

/// `events.publish` (`publish(topic, value)`, asynchronous) and `events.subscribe` (`subscribe(pattern, callback)`,
/// which gives a number, and `unsubscribe(number)`). The scope of either is a list of rules with a `topic` pattern
/// (EventBus). A subscriber gets the topics that are inside both its pattern and its scope; a pattern that is outside of
/// the scope altogether is refused with `not_capable`.
///
/// The callback is given `{topic, value, publisher, dropped}`: a copy of the value, the id of the plugin that published
/// it (none: the host), and how many events were lost before this one. Events that a plugin has not answered yet take up
/// to half of its `limits.mailbox`; those that come then, or are larger than its `limits.message`, are lost and
/// counted. A plugin has at most 256 subscriptions. They end when the capability is revoked or the plugin goes; an event
/// that was on its way by then may still arrive.
void define_events(Registry& registry, std::shared_ptr<EventBus> bus = std::make_shared<EventBus>());

}  // namespace cloche
