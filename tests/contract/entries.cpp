#include "contract/entry.h"

namespace cloche::contract {
namespace {

ScopeRule rule(std::map<std::string, ScopeValue, std::less<>> fields) {
  ScopeRule rule;
  rule.fields = std::move(fields);
  rule.where = {"policy.yaml", 1, 1};
  return rule;
}

Entry simple(std::string capability, Use inside) {
  return {std::move(capability), {}, std::move(inside), {}, {}, {}, {}};
}

std::vector<Entry> that_take_no_scope() {
  return {
      simple("log", {"info", {"a line"}}),
      simple("clock", {"now", {}}),
      simple("random", {"bytes", {8}}),
      simple("storage", {"set", {"key", "value"}}),
      simple("crypto", {"randomUUID", {}}),
      {"permissions", {}, {"query", {"permissions"}}, {}, Use{"request", {"asked.for"}}, {}, {}},
      {"config",
       {},
       {"all", {}},
       {},
       {},
       Use{"onChange", {}},
       [n = 0](World& world) mutable {
         static_cast<void>(world.config->choose("com.acme.test", {{"n", ++n}}));
       }},
  };
}

std::vector<Entry> of_files() {
  const auto workspace = [] { return rule({{"path", "$WORKSPACE/*"}}); };
  return {
      {"fs.read", workspace(), {"readText", {"a.md"}}, Use{"readText", {"secret/key"}}, {}, {}, {}},
      {"fs.write",
       workspace(),
       {"writeText", {"b.md", "text"}},
       Use{"writeText", {"secret/key", "text"}},
       {},
       {},
       {}},
  };
}

std::vector<Entry> of_the_machine() {
  using Texts = std::vector<std::string>;
  return {
      {"env", rule({{"names", Texts{"LC_*"}}}), {"get", {"LC_ALL"}}, Use{"get", {"LD_PRELOAD"}}, {}, {}, {}},
      {"exec",
       rule({{"command", "sleep"}, {"args", Texts{"*"}}}),
       {"run", {"sleep", Array{"0"}}},
       Use{"run", {"sleep", Array{"0", "0"}}},
       Use{"run", {"sleep", Array{"1000"}}},
       {},
       {}},
  };
}

std::vector<Entry> of_the_net(const World& world) {
  return {
      {"net.fetch",
       rule({{"url", world.url("/*/a")}}),
       {"fetch", {world.url("/now/a")}},
       Use{"fetch", {world.url("/now/b")}},
       Use{"fetch", {world.url("/later/a")}},
       {},
       {}},
      {"secrets", rule({{"name", "token"}, {"url", "https://example.com/*"}}), {"list", {}}, {}, {}, {}, {}},
  };
}

std::vector<Entry> of_others() {
  const auto files = [] { return rule({{"topic", "file.*"}}); };
  return {
      {"events.publish",
       files(),
       {"publish", {"file.saved", 1}},
       Use{"publish", {"git.push", 1}},
       {},
       {},
       {}},
      {"events.subscribe",
       files(),
       {"subscribe", {"file.saved", Function(std::make_shared<testing::Ear>())}},
       Use{"subscribe", {"git.*", Function(std::make_shared<testing::Ear>())}},
       {},
       Use{"subscribe", {"**"}},
       [](World& world) { static_cast<void>(world.events->publish("file.saved", 1)); }},
      {"plugins",
       rule({{"interface", "acme:text/*"}}),
       {"call", {"acme:text/diff", "echo", Array{}}},
       Use{"call", {"acme:git/blame", "echo", Array{}}},
       Use{"call", {"acme:text/diff", "slow", Array{}}},
       {},
       {}},
      {"editor.open",
       rule({{"language", "cpp"}}),
       {"open", {"cpp", true}},
       Use{"open", {"js", true}},
       Use{"open", {"cpp", false}},
       {},
       {}},
  };
}

}  // namespace

std::vector<Entry> entries(const World& world) {
  std::vector<Entry> all;
  for (auto&& group : {that_take_no_scope(), of_files(), of_the_machine(), of_the_net(world), of_others()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace cloche::contract
