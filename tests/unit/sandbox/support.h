#pragma once

#include <doctest/doctest.h>

#include <cloche/host.h>
#include <cloche/json.h>
#include <cloche/observer.h>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace cloche {

// What doctest shows of a check that failed.
inline std::ostream& operator<<(std::ostream& out, const Value& value) { return out << inspect(value); }
inline std::ostream& operator<<(std::ostream& out, const Error& error) { return out << to_string(error); }
inline doctest::String toString(Errc code) { return std::string(to_string(code)).c_str(); }

}  // namespace cloche

namespace cloche::testing {

using Files = std::map<std::string, std::string>;

/// A package in memory.
class MemoryFiles final : public PackageFiles {
 public:
  explicit MemoryFiles(Files files) : files_(std::move(files)) {}
  [[nodiscard]] Result<std::string> read(std::string_view path) const override {
    const auto found = files_.find(std::string(path));
    if (found == files_.end())
      return Error(Errc::io, "cannot open '" + std::string(path) + "': no such file");
    return found->second;
  }

 private:
  Files files_;
};

/// What happened, in its order; a test on another thread may wait for it.
class Events {
 public:
  void add(std::string event) {
    const std::scoped_lock lock(mutex_);
    all_.push_back(std::move(event));
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<std::string> all() const {
    const std::scoped_lock lock(mutex_);
    return all_;
  }
  [[nodiscard]] std::size_t count(std::string_view event) const {
    const std::scoped_lock lock(mutex_);
    return count_locked(event);
  }
  void wait_for(std::string_view event, std::size_t times = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_locked(event) >= times; });
  }

 private:
  [[nodiscard]] std::size_t count_locked(std::string_view event) const {
    std::size_t count = 0;
    for (const std::string& one : all_) count += one == event ? 1 : 0;
    return count;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
};

class RecordingLog final : public LogSink {
 public:
  void write(const PluginInfo& plugin, LogLevel level, std::string_view text) override {
    const std::scoped_lock lock(mutex_);
    texts_.emplace_back(text);
    levels_.push_back(level);
    plugins_.push_back(plugin.id);
  }
  [[nodiscard]] std::vector<std::string> texts() const { return copy(texts_); }
  [[nodiscard]] std::vector<LogLevel> levels() const { return copy(levels_); }
  [[nodiscard]] std::vector<std::string> plugins() const { return copy(plugins_); }

 private:
  template <class T>
  [[nodiscard]] T copy(const T& list) const {
    const std::scoped_lock lock(mutex_);
    return list;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
  std::vector<LogLevel> levels_;
  std::vector<std::string> plugins_;
};

/// The plugin that shares an isolate with those of a test, and leaves no trace in what it records.
inline constexpr std::string_view kNeighbour = "com.example.neighbour";

class RecordingObserver final : public Observer {
 public:
  Events events;  ///< "loaded ID", "unloaded ID", "rejection TEXT", "crashed ID"

  void loaded(const PluginInfo& plugin) override { add("loaded", plugin); }
  void unloaded(const PluginInfo& plugin) override { add("unloaded", plugin); }
  void unhandled_rejection(const PluginInfo&, const Error& error) override {
    events.add("rejection " + error.message());
  }
  void crashed(const PluginInfo& plugin, const Error&) override { add("crashed", plugin); }

 private:
  void add(const std::string& what, const PluginInfo& plugin) {
    if (plugin.id != kNeighbour) events.add(what + " " + plugin.id);
  }
};

/// A package as a test writes it. `manifest` is YAML added to its plugin.yaml.
struct Package {
  Files files;
  std::vector<std::string> capabilities = {};
  std::string manifest = {};
  std::string id = "com.example.test";
  std::string version = "1.0.0";
};

/// A package of one module.
inline Package module(std::string source, std::vector<std::string> capabilities = {},
                      std::string manifest = {}) {
  return {{{"main.mjs", std::move(source)}}, std::move(capabilities), std::move(manifest)};
}

inline Manifest manifest_of(const Package& package) {
  std::string text =
      "manifest_version: 1\nid: " + package.id + "\nname: Test\nversion: " + package.version +
      "\nmain: main.mjs\n";
  if (!package.capabilities.empty()) text += "capabilities:\n  required:\n";
  for (const std::string& id : package.capabilities) text += "    - {id: " + id + ", reason: to be tested}\n";
  return parse_manifest(text + package.manifest, "plugin.yaml").value();
}

/// How plugins are run: on a thread of the host's own or on the one that waits, in an isolate of their own or
/// in one they share.
struct Mode {
  Mode(unsigned its_workers, Isolation its_isolation = Isolation::isolate)  // NOLINT: a number says it all
      : workers(its_workers), isolation(its_isolation) {}
  unsigned workers;
  Isolation isolation;
};

/// Both threads plugins may run on. A test that begins with it runs once for each.
inline Mode each_thread() {
  unsigned workers = 1;
  SUBCASE("with a worker") { workers = 1; }
  SUBCASE("without workers") { workers = 0; }
  return workers;
}

/// The same, and once more with all plugins of the test and a neighbour in one isolate.
inline Mode each_mode() {
  Mode mode = 1;
  SUBCASE("with a worker") { mode = 1; }
  SUBCASE("without workers") { mode = 0; }
  SUBCASE("in a shared isolate") { mode = {1, Isolation::context}; }
  return mode;
}

/// What a neighbour in the same isolate has done to a realm that is not the plugin's.
inline Package neighbour_of(const Package& package) {
  Package neighbour = module(R"(
    const { ownKeys, defineProperty } = Reflect;
    const scope = globalThis, globals = ownKeys(scope), tasks = [];
    for (const of of [Object, Array, Function, String, Promise, Error, Map, RegExp, Uint8Array])
      for (const name of ownKeys(of.prototype)) tasks.push([of.prototype, name]);
    for (let i = 0; i < tasks.length; i++)
      defineProperty(tasks[i][0], tasks[i][1], {get() { throw "the neighbour's" }});
    for (let i = 0; i < globals.length; i++) try { scope[globals[i]] = "the neighbour's" } catch {}
  )",
                             {}, package.manifest);
  neighbour.id = kNeighbour;
  return neighbour;
}

/// A Host, and what it was told by its plugins.
class Sandbox {
 public:
  explicit Sandbox(Mode mode, Registry registry = {}, Policy policy = Policy::grant_all())
      : isolation_(mode.isolation),
        host_(Host::create({.registry = std::move(registry),
                            .policy = std::move(policy),
                            .workers = mode.workers,
                            .log = log_,
                            .observer = observer_})
                  .value()) {}

  [[nodiscard]] Result<Plugin> try_load(const Package& package) {
    if (isolation_ != Isolation::context) return host_.load(manifest_of(package), files_of(package));
    neighbours_.push_back(load_shared(neighbour_of(package), "test").value());
    return load_shared(package, "test");
  }
  /// Into the isolate of this trust group.
  [[nodiscard]] Result<Plugin> load_shared(const Package& package, const std::string& group) {
    Manifest manifest = manifest_of(package);
    manifest.isolation = Isolation::context;
    return host_.load(manifest, files_of(package), {.trust_group = group});
  }
  [[nodiscard]] Plugin load(const Package& package) { return try_load(package).value(); }
  [[nodiscard]] Plugin load(std::string source, std::vector<std::string> capabilities = {}) {
    return load(module(std::move(source), std::move(capabilities)));
  }
  /// The error that loading it ends with.
  [[nodiscard]] Error load_error(const Package& package) {
    auto plugin = try_load(package);
    REQUIRE_FALSE(plugin.has_value());
    return plugin.error();
  }

  [[nodiscard]] Host& host() noexcept { return host_; }
  [[nodiscard]] RecordingLog& log() noexcept { return *log_; }
  [[nodiscard]] Events& events() noexcept { return observer_->events; }

 private:
  [[nodiscard]] static std::shared_ptr<const PackageFiles> files_of(const Package& package) {
    return std::make_shared<MemoryFiles>(package.files);
  }

  Isolation isolation_;
  std::shared_ptr<RecordingLog> log_ = std::make_shared<RecordingLog>();
  std::shared_ptr<RecordingObserver> observer_ = std::make_shared<RecordingObserver>();
  Host host_;
  std::vector<Plugin> neighbours_;
};

/// Defines `cap:t` with `nap`, which waits for so many milliseconds, and `later`, its asynchronous twin; more may be
/// added to it.
inline CapabilityBuilder define_waits(Registry& registry) {
  const auto wait = [](Call& call, double ms) {
    return call.sleep(std::chrono::milliseconds(static_cast<int>(ms)));
  };
  return registry.define("t").sync("nap", wait).async("later", wait);
}

/// `cap:t` with `block`, which notes "blocking" and blocks a thread until `events` has "let go".
inline Registry blocking(Events& events) {
  Registry registry;
  registry.define("t").sync("block", [&events](Call& call) {
    return call.blocking([&events] {
      events.add("blocking");
      events.wait_for("let go");
    });
  });
  return registry;
}

/// The result of a call that is to succeed.
template <class R = Value, class... Args>
R ask(Plugin& plugin, std::string_view name, const Args&... args) {
  return plugin.call<R>(name, args...).get().value();
}

/// The error of a call that is to fail.
template <class R = Value, class... Args>
Error ask_error(Plugin& plugin, std::string_view name, const Args&... args) {
  auto result = plugin.call<R>(name, args...).get();
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

inline std::string json(const Value& value) { return to_json(value).value(); }

/// What a module's `f()` gives, as JSON; a fresh plugin for each.
inline std::string evaluate(Sandbox& box, const std::string& source,
                            std::vector<std::string> capabilities = {}) {
  Plugin plugin = box.load(source, std::move(capabilities));
  return json(ask(plugin, "f"));
}

}  // namespace cloche::testing
