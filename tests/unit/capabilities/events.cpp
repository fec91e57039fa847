#include <cloche/builtin/events.h>
#include <doctest/doctest.h>

#include "support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::Ear;

ScopeSet topics(std::vector<std::string> patterns) {
  ScopeSet set;
  for (std::string& pattern : patterns) set.rules.emplace_back().fields.emplace("topic", std::move(pattern));
  return set;
}

struct World {
  std::shared_ptr<EventBus> bus = std::make_shared<EventBus>();
  std::shared_ptr<const Registry> registry = [this] {
    auto made = std::make_shared<Registry>();
    define_events(*made, bus);
    return made;
  }();

  Result<Caller> plugin(std::vector<ScopeSet> allow, std::vector<ScopeSet> deny = {},
                        std::string id = "com.acme.test", Limits limits = {}) const {
    Grants grants = testing::grants_of({{"events.publish", allow, deny}, {"events.subscribe", allow, deny}});
    grants.limits = limits;
    return Caller::make(registry, std::move(grants), std::move(id));
  }
};

std::string topics_of(const Ear& ear) {
  std::string all;
  for (const Value& event : ear.heard) all += *event.find("topic")->as<std::string>() + " ";
  return all;
}

TEST_CASE("an event reaches who subscribed to its topic, with who sent it") {
  const World world;
  Caller sender = world.plugin({topics({"**"})}, {}, "com.acme.sender").value();
  Caller receiver = world.plugin({topics({"**"})}, {}, "com.acme.receiver").value();
  const auto ear = std::make_shared<Ear>();
  const Value number = receiver("events", "subscribe", {"file.*", Function(ear)}).value();
  CHECK(*number.as<double>() > 0);
  CHECK(sender("events", "publish", {"file.saved", Object{{"path", "a.md"}}}));
  CHECK(sender("events", "publish", {"file", 1}));
  CHECK(sender("events", "publish", {"file.saved.twice", 1}));
  REQUIRE(ear->heard.size() == 1);
  CHECK(ear->heard[0] == Value(Object{{"topic", "file.saved"},
                                      {"value", Object{{"path", "a.md"}}},
                                      {"dropped", 0},
                                      {"publisher", "com.acme.sender"}}));
  CHECK(receiver("events", "unsubscribe", {number}).value() == Value(true));
  CHECK(receiver("events", "unsubscribe", {number}).value() == Value(false));
  CHECK(sender("events", "publish", {"file.saved", 1}));
  CHECK(ear->heard.size() == 1);
}

TEST_CASE("the host takes part, and a plugin ends no subscription but its own") {
  const World world;
  Caller plugin = world.plugin({topics({"**"})}).value();
  const auto ear = std::make_shared<Ear>();
  CHECK(plugin("events", "subscribe", {"**", Function(ear)}));
  std::vector<std::string> heard;
  const auto number = world.bus->subscribe("a.**", [&](const Event& event) {
    heard.push_back(event.topic + " " + event.publisher + " " + inspect(event.value));
  });
  REQUIRE(number);
  CHECK(plugin("events", "unsubscribe", {static_cast<double>(*number)}).value() == Value(false));
  CHECK(plugin("events", "publish", {"a", 1}));
  CHECK(world.bus->publish("a.b.c", "x"));
  CHECK(heard == std::vector<std::string>{"a com.acme.test 1", "a.b.c  x"});
  REQUIRE(ear->heard.size() == 2);
  CHECK(ear->heard[1].find("publisher") == nullptr);
  CHECK(world.bus->unsubscribe(*number));
  CHECK(world.bus->publish("a", 1));
  CHECK(heard.size() == 2);
}

TEST_CASE("a plugin publishes and hears only what every layer allows and none denies") {
  const World world;
  Caller plugin =
      world.plugin({topics({"file.**", "git.*"}), topics({"**"})}, {topics({"file.secret.**"})}).value();
  const auto ear = std::make_shared<Ear>();
  CHECK(plugin("events", "subscribe", {"**", Function(ear)}));
  for (const char* topic :
       {"file.saved", "file.secret.key", "file.secret", "git.push", "git.push.done", "other", "file"})
    CHECK(world.bus->publish(topic, 1));
  CHECK(topics_of(*ear) == "file.saved git.push file ");
  for (const char* topic : {"file.secret", "git", "other"}) {
    const Error error = plugin("events", "publish", {topic, 1}).error();
    CHECK(error.code() == Errc::not_capable);
    CHECK(error.message() ==
          "'" + std::string(topic) + "' is outside what this plugin was granted of events.publish");
  }
  for (const char* pattern : {"other", "git.a.b", "file.secret.*", "git.*.x.**"})
    CHECK_MESSAGE(plugin("events", "subscribe", {pattern, Function(ear)}).error().code() == Errc::not_capable,
                  pattern);
  CHECK(world.plugin({}).value()("events", "publish", {"a", 1}).error().code() == Errc::not_capable);
}

TEST_CASE("what is no topic, no pattern and no value for others is refused") {
  const World world;
  Caller plugin = world.plugin({topics({"**"})}).value();
  for (const char* topic : {"", ".", "a.", ".a", "a..b", "a b", "*", "a.*", "a/b", "\xc3\xa4"})
    CHECK_MESSAGE(plugin("events", "publish", {topic, 1}).error().code() == Errc::invalid_argument, topic);
  CHECK(plugin("events", "publish", {std::string(257, 'a'), 1}).error().code() == Errc::invalid_argument);
  const Function ear(std::make_shared<Ear>());
  for (const char* pattern : {"", "a.", "**.a", "a*", "a.***", "a.**.b"})
    CHECK_MESSAGE(plugin("events", "subscribe", {pattern, ear}).error().code() == Errc::invalid_argument,
                  pattern);
  CHECK(plugin("events", "publish", {"a", Array{Object{{"f", ear}}}}).error().code() ==
        Errc::invalid_argument);
  CHECK(world.plugin({topics({"a.**.b"})}).error().code() == Errc::invalid_argument);
}

TEST_CASE("events that come faster than they are answered are lost, and their number is told") {
  const World world;
  Limits limits;
  limits.mailbox = 4;
  Caller plugin = world.plugin({topics({"**"})}, {}, "com.acme.slow", limits).value();
  const auto ear = std::make_shared<Ear>();
  ear->answers = false;
  CHECK(plugin("events", "subscribe", {"**", Function(ear)}));
  for (int i = 0; i < 5; ++i) CHECK(world.bus->publish("a", i));
  CHECK(ear->heard.size() == 2);
  ear->waiting.at(0).settle(Value());
  CHECK(world.bus->publish("b", 1));
  REQUIRE(ear->heard.size() == 3);
  CHECK(*ear->heard[2].find("dropped") == Value(3));

  ear->refuses = true;  // the mailbox is full of calls
  ear->waiting.at(1).settle(Value());
  CHECK(world.bus->publish("c", 1));
  ear->refuses = false;
  CHECK(world.bus->publish("d", 1));
  CHECK(*ear->heard.back().find("dropped") == Value(1));
}

TEST_CASE("subscriptions end with the grant and with the plugin, and are not without number") {
  const World world;
  const auto ear = std::make_shared<Ear>();
  {
    Caller plugin = world.plugin({topics({"**"})}).value();
    for (int i = 0; i < 256; ++i) CHECK(plugin("events", "subscribe", {"a", Function(ear)}));
    CHECK(plugin("events", "subscribe", {"a", Function(ear)}).error().code() == Errc::quota);
    plugin.bindings().take("events.subscribe", Permission::denied);
    CHECK(world.bus->publish("a", 1));
    CHECK(ear->heard.empty());
    CHECK(plugin.bindings().give({"events.subscribe", {topics({"b"})}, {}}));
    CHECK(plugin("events", "subscribe", {"**", Function(ear)}));
    CHECK(world.bus->publish("a", 1));
    CHECK(world.bus->publish("b", 1));
    CHECK(topics_of(*ear) == "b ");
  }
  CHECK(world.bus->publish("b", 1));
  CHECK(ear->heard.size() == 1);
  CHECK(ear.use_count() == 1);
}

TEST_CASE("plugins of different hosts never meet") {
  const World one;
  const World two;
  const auto ear = std::make_shared<Ear>();
  Caller here = one.plugin({topics({"**"})}).value();
  Caller there = two.plugin({topics({"**"})}).value();
  CHECK(here("events", "subscribe", {"**", Function(ear)}));
  CHECK(there("events", "publish", {"a", 1}));
  CHECK(ear->heard.empty());
}

}  // namespace
}  // namespace cloche
