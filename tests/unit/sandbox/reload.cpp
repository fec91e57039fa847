// One version of a plugin gives way to the next, and unloading with a drain.
#include "crashing.h"
#include "support.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kStateless = R"(
  import { wait } from "cap:t";
  export const version = () => VERSION;
  export const slow = async () => { await wait(); return VERSION };
  export const never = () => new Promise(() => {});
)";

constexpr auto kStateful = R"(
  let calls = 0;
  export const version = () => VERSION;
  export const count = () => ++calls;
  export const exportState = () => ({ calls });
  export const importState = (state) => { calls = state.calls };
)";

constexpr auto kExports = "hot_reload: {state: export}\n";

std::string of_version(std::string source, const std::string& version) {
  for (auto at = source.find("VERSION"); at != std::string::npos; at = source.find("VERSION"))
    source.replace(at, 7, version);
  return source;
}

Package stateless(int version) {
  Package package = module(of_version(kStateless, std::to_string(version)), {"t"});
  package.version = std::to_string(version) + ".0.0";
  return package;
}

Package stateful(int version, const std::string& more = {}) {
  Package package = module(of_version(kStateful, std::to_string(version)) + more, {}, kExports);
  package.version = std::to_string(version) + ".0.0";
  return package;
}

Result<void> reload(Plugin& plugin, const Package& package, Duration drain = 10s) {
  return plugin.reload(manifest_of(package), std::make_shared<MemoryFiles>(package.files), {.drain = drain})
      .get();
}

// A host function `wait` that answers when the test lets go of it.
class Gate {
 public:
  HostOptions options() {
    HostOptions options;
    options.registry.define("t").async("wait", [this](Call& call) {
      events.add("waiting");
      return call.blocking([this] { events.wait_for("let go"); });
    });
    return options;
  }
  Events events;
};

}  // namespace

TEST_CASE("the new version serves, and the handle tells of it") {
  Gate gate;
  SupervisedBox box(each_thread(), gate.options());
  Plugin plugin = box.load(stateless(1));
  CHECK(ask<int>(plugin, "version") == 1);
  CHECK(reload(plugin, stateless(2)).has_value());
  CHECK(ask<int>(plugin, "version") == 2);
  CHECK(plugin.info().version == "2.0.0");
  CHECK(plugin.grants().version == "2.0.0");
  CHECK(plugin.life().reloads == 1);
  CHECK(box.watch().events.all() ==
        std::vector<std::string>{"loaded com.example.test", "loaded com.example.test",
                                 "unloaded com.example.test", "reloaded com.example.test 2.0.0"});
}

TEST_CASE("calls under way finish on the old version while new ones go to the new") {
  Gate gate;
  SupervisedBox box(1, gate.options());
  Plugin plugin = box.load(stateless(1));
  auto slow = plugin.call<int>("slow");
  gate.events.wait_for("waiting");
  const Package next = stateless(2);
  auto reloaded =
      plugin.reload(manifest_of(next), std::make_shared<MemoryFiles>(next.files), {.drain = Duration(1h)});
  while (ask<int>(plugin, "version") != 2) std::this_thread::yield();
  CHECK_FALSE(slow.ready());
  CHECK_FALSE(reloaded.ready());
  gate.events.add("let go");
  CHECK(slow.get().value() == 1);
  CHECK(reloaded.get().has_value());
}

TEST_CASE("calls that outlast the drain answer unloaded") {
  Gate gate;
  SupervisedBox box(each_thread(), gate.options());
  Plugin plugin = box.load(stateless(1));
  auto never = plugin.call("never");
  CHECK(reload(plugin, stateless(2), 1ms).has_value());
  CHECK(never.get().error().code() == Errc::unloaded);
  CHECK(ask<int>(plugin, "version") == 2);
}

TEST_CASE("a folder is read anew") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("cloche-reload-" + std::to_string(::getpid()));
  const auto write = [&](int version, std::string_view source) {
    fs::create_directories(folder);
    std::ofstream(folder / "plugin.yaml")
        << "manifest_version: 1\nid: com.example.test\nversion: " << version << ".0.0\nmain: main.mjs\n";
    std::ofstream(folder / "main.mjs") << source;
  };
  SupervisedBox box(each_thread());
  write(1, "export const f = () => 'one'");
  Plugin plugin = box.host().load(folder).value();
  write(2, "export const f = () => 'two'");
  CHECK(plugin.reload().get().has_value());
  CHECK(ask(plugin, "f") == Value("two"));
  CHECK(plugin.info().version == "2.0.0");
  write(3, "export const f = () => {");
  const Error broken = plugin.reload().get().error();
  CHECK(broken.code() == Errc::source_invalid);
  CHECK(ask(plugin, "f") == Value("two"));
  fs::remove_all(folder);
  CHECK_FALSE(plugin.reload().get().has_value());
  CHECK(ask(plugin, "f") == Value("two"));
  CHECK(plugin.life().failed_reloads == 2);
}

TEST_CASE("state goes along where both versions say so") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(stateful(1));
  for (int i = 1; i <= 3; ++i) CHECK(ask<int>(plugin, "count") == i);
  CHECK(reload(plugin, stateful(2)).has_value());
  CHECK(ask<int>(plugin, "version") == 2);
  CHECK(ask<int>(plugin, "count") == 4);
  Package forgetful = stateful(3);
  forgetful.manifest = {};
  CHECK(reload(plugin, forgetful).has_value());
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("whatever goes wrong on the way, the old version goes on with its state") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(stateful(1));
  CHECK(ask<int>(plugin, "count") == 1);
  Package other = stateful(2);
  other.id = "com.example.other";
  Package ungranted = stateful(2);
  ungranted.capabilities = {"unheard-of"};
  Package lacking = stateful(2);
  lacking.manifest += "dependencies:\n  com.example.core: {version: ^1.0}\n";
  const struct {
    Package next;
    Errc code;
    const char* text;
  } cases[] = {
      {other, Errc::manifest_invalid, "can only be reloaded from a plugin of that id"},
      {ungranted, Errc::manifest_invalid, "unheard-of"},
      {lacking, Errc::manifest_invalid, "com.example.core"},
      {stateful(2, "throw new Error('main')"), Errc::threw, "main"},
      {stateful(2, "export {"), Errc::source_invalid, ""},
      {stateful(2, "[...'.'.repeat(2e7)]"), Errc::crashed, ""},
      {stateful(2, "export const health = () => { throw new Error('ill') }"), Errc::threw,
       "not healthy: ill"},
      {stateful(2, "export const health = async () => { throw new Error('ill') }"), Errc::threw,
       "not healthy: ill"},
      {stateful(2, "export const health = () => false"), Errc::threw, "'health' answers false"},
      {stateful(2, "export const health = () => [...'.'.repeat(2e7)]"), Errc::crashed, "not healthy"},
      {module("export const importState = () => { throw new Error('what is this') }", {}, kExports),
       Errc::threw, "cannot be handed over: what is this"},
      {module("export {}", {}, kExports), Errc::no_such_export, "cannot be handed over"},
  };
  int calls = 1;
  for (const auto& [next, code, text] : cases) {
    CAPTURE(text);
    Package tight = next;
    tight.manifest += kPatient;
    const Error error = reload(plugin, tight).error();
    CHECK(error.code() == code);
    CHECK(error.message().find(text) != std::string::npos);
    CHECK(ask<int>(plugin, "version") == 1);
    CHECK(ask<int>(plugin, "count") == ++calls);
  }
  CHECK(box.watch().events.count("reload failed com.example.test 1.0.0") == std::size(cases));
  CHECK(plugin.life().failed_reloads == std::size(cases));
  CHECK(plugin.life().state == Life::State::running);
}

TEST_CASE("a version that says it has state and cannot give it stays") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(module("export const f = () => 1;", {}, kExports));
  CHECK(reload(plugin, stateful(2)).error().code() == Errc::no_such_export);
  CHECK(ask<int>(plugin, "f") == 1);
}

TEST_CASE("a version that others depend on is not exchanged for one they cannot use") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(stateful(1));
  Package needy = module("export {}", {}, "dependencies:\n  com.example.test: {version: ^1.0}\n");
  needy.id = "com.example.needy";
  const Plugin needs = box.load(needy);
  CHECK(reload(plugin, stateful(2))
            .error()
            .message()
            .find("'com.example.needy' depends on 'com.example.test'") != std::string::npos);
  CHECK(reload(plugin, stateful(1)).has_value());
}

TEST_CASE("a plugin that is quarantined or evicted can be reloaded") {
  SupervisedBox box(each_thread(), {.max_live_instances = 1});
  const auto fragile = [](int version) {
    Package package = stateful(version, "export const crash = () => [...'.'.repeat(2e7)].length");
    package.manifest += kPatient;
    return package;
  };
  Plugin plugin = box.load(fragile(1));
  CHECK(ask<int>(plugin, "count") == 1);
  {
    Plugin other = box.load(module("export {}"));
    CHECK(plugin.life().state == Life::State::evicted);
    CHECK(reload(plugin, stateful(2)).error().code() == Errc::quota);
    CHECK(other.unload().get().has_value());
  }
  CHECK(reload(plugin, fragile(2)).has_value());
  CHECK(ask<int>(plugin, "count") == 2);
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  CHECK(plugin.life().state == Life::State::quarantined);
  CHECK(reload(plugin, stateful(3)).has_value());
  CHECK(ask<int>(plugin, "version") == 3);
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("a host function that calls its own plugin during a reload does not wait for the reload") {
  Events events;
  Plugin* self = nullptr;
  HostOptions options;
  options.registry.define("t").sync("back", [&](Call& call) -> Result<int> {
    events.add("inside");
    if (auto held = call.blocking([&] { events.wait_for("reloading"); }); !held) return held.error();
    return self->call<int>("count").get();
  });
  SupervisedBox box(1, std::move(options));
  Package package = module(std::string("import { back } from 'cap:t'; export const around = () => back();") +
                               of_version(kStateful, "1"),
                           {"t"}, kExports);
  Plugin plugin = box.load(package);
  self = &plugin;
  auto around = plugin.call<int>("around");
  events.wait_for("inside");
  auto reloaded =
      plugin.reload(manifest_of(package), std::make_shared<MemoryFiles>(package.files), {.drain = 1h});
  box.until("loaded com.example.test", 2);
  events.add("reloading");
  CHECK(around.get().value() == 1);
  CHECK(reloaded.get().has_value());
  CHECK(ask<int>(plugin, "count") == 2);
}

TEST_CASE(
    "reloads, with and without state, while threads call: no call is lost, none is answered by an old "
    "version") {
  constexpr int kThreads = 4;
  constexpr int kReloads = 20;
  bool with_state = false;
  SUBCASE("without state") { with_state = false; }
  SUBCASE("with state") { with_state = true; }
  SupervisedBox box(2);
  const auto version = [&](int number) {
    Package package = stateful(number);
    if (!with_state) package.manifest = {};
    return package;
  };
  Plugin plugin = box.load(version(1));
  std::atomic<bool> over{false};
  std::atomic<int> served{1};  // reloads up to this version have been answered
  std::atomic<int> calls{0};
  std::atomic<int> failed{0};
  std::atomic<int> stale{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      while (!over) {
        const int at_least = served;
        const auto seen = plugin.call<int>("version").get();
        const auto counted = plugin.call<int>("count").get();
        if (!seen || !counted) ++failed;
        if (seen && *seen < at_least) ++stale;
        if (counted) ++calls;
      }
    });
  }
  for (int i = 2; i <= kReloads; ++i) {
    CHECK(reload(plugin, version(i)).has_value());
    served = i;
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(stale == 0);
  if (with_state) CHECK(ask<int>(plugin, "count") == calls + 1);
  CHECK(box.watch().events.count("unloaded com.example.test") == kReloads - 1);
}

TEST_CASE("unloading drains what is under way, up to its deadline, and refuses what comes") {
  Gate gate;
  SupervisedBox box(1, gate.options());
  SUBCASE("in time") {
    Plugin plugin = box.load(stateless(1));
    auto slow = plugin.call<int>("slow");
    gate.events.wait_for("waiting");
    auto unloaded = plugin.unload({.drain = 1h});
    CHECK(ask_error(plugin, "version").code() == Errc::unloaded);
    CHECK_FALSE(unloaded.ready());
    gate.events.add("let go");
    CHECK(slow.get().value() == 1);
    CHECK(unloaded.get().has_value());
  }
  SUBCASE("too late") {
    Plugin plugin = box.load(stateless(1));
    auto never = plugin.call("never");
    CHECK(plugin.unload({.drain = 1ms}).get().has_value());
    CHECK(never.get().error().code() == Errc::unloaded);
  }
  SUBCASE("cut short") {
    Plugin plugin = box.load(stateless(1));
    auto never = plugin.call("never");
    auto unloaded = plugin.unload({.drain = 1h});
    CHECK_FALSE(unloaded.ready());
    CHECK(plugin.unload().get().has_value());
    CHECK(unloaded.get().has_value());
    CHECK(never.get().error().code() == Errc::unloaded);
  }
}

TEST_CASE("a host function that waits for its own plugin's end, or for ever, does not keep it from ending") {
  Events events;
  Plugin* self = nullptr;
  const Promise<int> nothing;
  HostOptions options;
  const auto suicide = [&] {
    const auto ended = self->unload().get();
    events.add(ended ? "ended" : std::string(to_string(ended.error().code())));
  };
  const auto wait = [&]() -> Result<int> {
    events.add("waits");
    auto answer = nothing.future().get();
    events.add(answer ? "answered" : std::string(to_string(answer.error().code())));
    return answer;
  };
  options.registry.define("t")
      .sync("unload", suicide)
      .async("unloadLater", suicide)
      .sync("wait", wait)
      .async("waitLater", wait);
  SupervisedBox box(each_thread(), std::move(options));
  const Package package = module("export { unload, unloadLater, wait, waitLater } from 'cap:t';", {"t"},
                                 "limits: {wall_per_call: 60s}\n");
  for (const char* name : {"unload", "unloadLater"}) {
    CAPTURE(name);
    Plugin plugin = box.load(package);
    self = &plugin;
    const std::size_t before = events.count("cancelled");
    std::optional<Future<Value>> call;
    std::thread([&] { call.emplace(plugin.call(name)); }).join();
    CHECK(call->get().error().code() == Errc::unloaded);
    CHECK(plugin.unload().get().has_value());
    CHECK(events.count("cancelled") == before + 1);
  }
  for (const char* name : {"wait", "waitLater"}) {
    CAPTURE(name);
    Plugin plugin = box.load(package);
    const std::size_t waiting = events.count("waits");
    const std::size_t before = events.count("cancelled");
    std::optional<Future<Value>> call;
    std::thread([&] { call.emplace(plugin.call(name)); }).join();
    box.until(events, "waits", waiting + 1);
    CHECK(plugin.unload().get().has_value());
    CHECK(call->get().error().code() == Errc::unloaded);
    CHECK(events.count("cancelled") == before + 1);
  }
  box.end();
  nothing.settle(1);  // nobody waits for it any more, and nobody minds
}

TEST_CASE("unloading ends a restart or a reload that is under way") {
  SupervisedBox box(1);
  const Package endless = module("await new Promise(() => {});", {}, "limits: {wall_per_call: 3600s}\n");
  Plugin plugin = box.load(stateful(1));
  auto reloaded = plugin.reload(manifest_of(endless), std::make_shared<MemoryFiles>(endless.files));
  CHECK(ask<int>(plugin, "version") == 1);
  CHECK(plugin.unload().get().has_value());
  CHECK(reloaded.get().error().code() == Errc::unloaded);
}
