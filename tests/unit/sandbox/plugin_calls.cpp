// Plugins that call what other plugins provide.
#include "support.h"

#include <cloche/builtin/plugins.h>

using namespace cloche;
using namespace cloche::testing;

namespace {

constexpr std::string_view kUser =
    "capabilities: {required: [{id: plugins, reason: to be tested, allow: [{interface: 'acme:*'}]}]}\n"
    "uses: [{interface: 'acme:text/upper', version: '^1.1'}, {interface: 'acme:text/echo', version: '*'},"
    " {interface: 'other:it/thing', version: '*'}]\n";

constexpr auto kCaller = R"(
  import { call, provider } from 'cap:plugins';
  const tried = async (f) => { try { return await f() } catch (e) { return e.code ?? e.message } };
  export const up = (...args) => tried(() => call('acme:text/upper', 'upper', args));
  export const use = (face, name, ...args) => tried(() => call(face, name, args));
  export const who = (face) => tried(() => provider(face));
)";

Package provider(std::string id, const std::string& version, std::string source,
                 std::vector<std::string> capabilities = {}) {
  Package package = module(std::move(source), std::move(capabilities),
                           "provides: [{interface: 'acme:text/upper', version: " + version + "}]\n");
  package.id = std::move(id);
  return package;
}

Package user(std::string id = "com.example.user") {
  Package package = module(kCaller, {}, std::string(kUser));
  package.id = std::move(id);
  return package;
}

Registry with_plugins() {
  Registry registry;
  define_plugins(registry);
  registry.define("t").sync("mine", [](Call& call) { return call.plugin().id; });
  return registry;
}

const std::string kUpper = "export const upper = (text) => text.toUpperCase();";

}  // namespace

TEST_CASE("a plugin calls what another one provides, in the highest version that it says it can use") {
  Sandbox box(each_thread(), with_plugins());
  Plugin caller = box.load(user());
  CHECK(ask(caller, "who", "acme:text/upper") == Value());
  CHECK(ask(caller, "up", "a") == Value("no_such_export"));
  Plugin low = box.load(provider("com.example.low", "1.0.0", "export const upper = () => 'low'"));
  Plugin mid = box.load(provider("com.example.mid", "1.2.0", kUpper));
  Plugin old = box.load(provider("com.example.old", "1.1.0", "export const upper = () => 'old'"));
  Plugin high = box.load(provider("com.example.high", "2.0.0", "export const upper = () => 'high'"));
  CHECK(ask(caller, "who", "acme:text/upper") == Value("com.example.mid"));
  CHECK(ask(caller, "up", "text") == Value("TEXT"));
  CHECK(mid.unload().get().has_value());
  CHECK(ask(caller, "up", "text") == Value("old"));
}

TEST_CASE("what the scope or the manifest does not name cannot be called, nor what is the host's") {
  Sandbox box(1, with_plugins());
  Plugin caller = box.load(user());
  Plugin other = box.load(provider("com.example.upper", "1.1.0",
                                   kUpper + "export const health = () => true; export const notMine = 1;"));
  CHECK(ask(caller, "use", "other:it/thing", "x") == Value("not_capable"));
  CHECK(ask(caller, "use", "acme:text/unknown", "x") == Value("not_capable"));
  CHECK(ask(caller, "use", "acme:text/upper", "health") == Value("no_such_export"));
  CHECK(ask(caller, "use", "acme:text/upper", "missing") == Value("no_such_export"));
}

TEST_CASE("the one that is called runs with its own grants, and the caller with its own") {
  Sandbox box(each_thread(), with_plugins());
  Plugin caller = box.load(user());
  Plugin callee =
      box.load(provider("com.example.upper", "1.1.0",
                        "import { mine } from 'cap:t'; export const upper = () => mine();", {"t"}));
  CHECK(ask(caller, "up") == Value("com.example.upper"));
}

TEST_CASE("plugins that call each other in a circle are stopped, and go on afterwards") {
  Sandbox box(1, with_plugins());
  const auto ring = [](std::string id, const std::string& mine, const std::string& others) {
    Package package = module(
        "import { call } from 'cap:plugins'; let calls = 0; export const count = () => calls;"
        "export const round = () => { calls++; return call('acme:ring/" +
            others + "', 'round', []) };",
        {},
        "capabilities: {required: [{id: plugins, reason: to be tested, allow: [{interface: 'acme:*'}]}]}\n"
        "provides: [{interface: 'acme:ring/" +
            mine +
            "', version: 1.0.0}]\n"
            "uses: [{interface: 'acme:ring/" +
            others + "', version: '*'}]\n");
    package.id = std::move(id);
    return package;
  };
  Plugin a = box.load(ring("com.example.a", "a", "b"));
  Plugin b = box.load(ring("com.example.b", "b", "a"));
  for (int i = 0; i < 2; ++i) CHECK(ask_error(a, "round").message().find("16 deep") != std::string::npos);
  CHECK(ask<int>(a, "count") + ask<int>(b, "count") == 2 * 17);
}

TEST_CASE("a call of another plugin ends when the caller may make it no more") {
  Events events;
  Registry registry = with_plugins();
  registry.define("t").async("hang", [&events](Call& call) {
    events.add("hanging");
    return call.sleep(std::chrono::hours(1));
  });
  Sandbox box(1, std::move(registry));
  Plugin caller = box.load(user());
  Plugin callee =
      box.load(provider("com.example.upper", "1.1.0",
                        "import { hang } from 'cap:t'; export const upper = () => hang();", {"t"}));
  auto call = caller.call("up");
  events.wait_for("hanging");
  CHECK(box.host().revoke("com.example.user", "plugins").has_value());
  CHECK(call.get().value() == Value("not_capable"));
}
