#include <cloche/host.h>

#include "crew.h"
#include "instance.h"
#include "js/engine.h"
#include "js/traps.h"
#include "loop/address_space.h"
#include "plugin_calls.h"
#include "rights/rights_desk.h"
#include "supervision/census.h"
#include "supervision/slot.h"

#include <algorithm>
#include <atomic>
#include <cloche/audit_log.h>
#include <cloche/bindings.h>
#include <cloche/dependencies.h>
#include <cloche/package.h>
#include <cloche/resolve.h>
#include <cloche/semver.h>
#include <map>
#include <mutex>
#include <random>
#include <ranges>
#include <utility>

namespace cloche {

using supervision::Blueprint;
using supervision::Slot;

namespace {

/// The version of the API that plugins are written against: `engines.api` of a manifest is checked against
/// it.
constexpr std::string_view kPluginApi = "1.0.0";

constexpr std::uint32_t kMostWeight = 10'000;

class FolderFiles final : public PackageFiles {
 public:
  explicit FolderFiles(Package package) : package_(std::move(package)) {}
  [[nodiscard]] Result<std::string> read(std::string_view path) const override { return package_.read(path); }

 private:
  Package package_;
};

// What this build cannot run yet is refused by name, never run otherwise.
std::optional<Error> unsupported(const Manifest& manifest, const Grants& grants) {
  const auto refuse = [&](std::string text, const SourceLocation& where) {
    return Error(Errc::not_supported, std::move(text)).at(where);
  };
  if (grants.isolation == Isolation::process) {
    return refuse("this build has no process isolation; ask for 'isolate'", manifest.where);
  }
  const std::string_view main = manifest.main;
  if (main.ends_with(".js") || main.ends_with(".mjs")) return std::nullopt;
  return refuse("main: this build runs .js and .mjs modules, not '" + manifest.main + "'",
                manifest.main_where);
}

double random_number() {
  thread_local std::mt19937_64 generator(std::random_device{}());
  return std::uniform_real_distribution<double>()(generator);
}

// An instance begins with about ten, and gets more as it grows.
std::optional<Error> too_many_mappings() {
  constexpr std::size_t kEnough = 64;
  if (loop::has_room_for_mappings(kEnough)) return std::nullopt;
  return Error(
      Errc::io,
      "the process has as many memory mappings as the system allows (vm.max_map_count): unload plugins, "
      "or have that raised");
}

// The name of the group whose isolate a plugin shares; empty when it has one of its own. An isolate has one
// heap, one account of external memory and one stack, so only plugins whose limits of them are the same share
// one: then the group as a whole keeps to what each of it must.
std::string group_of(const Manifest& manifest, const Grants& grants, const LoadOptions& options) {
  if (grants.isolation != Isolation::context) return {};
  const std::string& key = manifest.publisher.key;
  if (options.trust_group.empty() && key.empty()) return {};
  const Limits& limits = grants.limits;
  return (options.trust_group.empty() ? "key " + key : "host " + options.trust_group) + " " +
         std::to_string(limits.heap) + " " + std::to_string(limits.external) + " " +
         std::to_string(limits.stack);
}

}  // namespace

class Host::Impl final : private supervision::SlotHost {
 public:
  Impl(HostOptions options, Version version)
      : options_(std::move(options)),
        version_(std::move(version)),
        registry_(std::make_shared<const Registry>(std::move(options_.registry))),
        rights_(std::make_shared<RightsDesk>(RightsDesk::Parts{
            std::move(options_.policy), registry_->catalogue(), options_.grants, options_.consent,
            options_.audit, options_.workspace.string(), options_.prompt_patience})),
        neighbours_(std::make_shared<PluginCalls>([this] { return all_slots(); })),
        census_(options_.max_live_instances, [this] { return all_slots(); }),
        crew_(options_.workers, options_.slice, options_.idle_after) {
    if (options_.log) options_.log = metered_log(std::move(options_.log));
  }

  ~Impl() override {
    for (const auto& slot : std::views::reverse(all_slots())) static_cast<void>(slot->unload({}).get());
    wait_for_all();
    neighbours_->close();
  }

  Result<Plugin> load(Blueprint blueprint, const LoadOptions& options);
  Result<std::vector<Plugin>> load_all(std::vector<Blueprint> blueprints, const LoadOptions& options);
  [[nodiscard]] Result<Blueprint> open(const std::filesystem::path& folder) const override;

  [[nodiscard]] RightsDesk& rights() const noexcept { return *rights_; }
  [[nodiscard]] const Registry& registry() const noexcept { return *registry_; }
  [[nodiscard]] Crew& crew() noexcept { return crew_; }
  [[nodiscard]] std::vector<Statistics> statistics() const;

 private:
  /// A plugin that may be loaded: what it holds, and what counts its doings.
  struct Admitted {
    Bindings bindings;
    std::shared_ptr<Usage> usage;
  };
  [[nodiscard]] Result<Admitted> admit(const Blueprint& blueprint, const LoadOptions& options) const;
  [[nodiscard]] Result<void> check_neighbours(const Manifest& manifest) override;
  [[nodiscard]] Result<InstanceParts> build(const Blueprint& blueprint,
                                            const LoadOptions& options) const override;
  void restarted(const std::string& id) override;
  [[nodiscard]] std::vector<std::shared_ptr<Slot>> all_slots() const;
  [[nodiscard]] std::vector<LoadedPlugin> all_loaded();
  void forget(std::uint64_t id, Worker& worker, const std::string& group);
  void wait_for_all();

  HostOptions options_;
  Version version_;
  std::shared_ptr<const Registry> registry_;
  std::shared_ptr<RightsDesk> rights_;
  std::shared_ptr<PluginCalls> neighbours_;
  mutable std::mutex mutex_;
  mutable std::atomic<std::uint64_t> last_usage_{0};
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Slot>> slots_;
  std::size_t running_ = 0;
  std::optional<Promise<void>> all_gone_;
  supervision::Census census_;
  Crew crew_;  // last: its threads use what is above
};

// Everything that can be refused without running a line of the plugin.
Result<Host::Impl::Admitted> Host::Impl::admit(const Blueprint& blueprint, const LoadOptions& options) const {
  const Manifest& manifest = blueprint.manifest;
  const Version api = Version::parse(kPluginApi).value();
  if (auto fits = check_engines(manifest, version_, api); !fits) return fits.error();
  if (auto known = check_capabilities(manifest, rights_->catalogue()); !known) return known.error();
  if (auto accepted = rights_->accept(manifest); !accepted) return accepted.error();
  Grants grants = rights_->resolve_asking(manifest);
  grants.isolation = std::max(grants.isolation, options.isolation_at_least);
  if (auto missing = missing_required(grants)) return *missing;
  if (auto refused = unsupported(manifest, grants)) return *refused;
  if (auto crowded = too_many_mappings()) return *crowded;
  PluginInfo info{manifest.id, manifest.name, to_string(manifest.version), grants.limits};
  auto usage = std::make_shared<Usage>(info, ++last_usage_, options_.observer);
  info.watch = usage;
  info.neighbours = neighbours_;
  auto config =
      read_config_terms(manifest, [&](std::string_view path) { return blueprint.files->read(path); });
  if (!config) return config.error();
  info.config = std::make_shared<const ConfigTerms>(std::move(*config));
  auto bindings = bind(registry_, std::move(grants), std::move(info));
  if (!bindings) return bindings.error();
  return Admitted{std::move(*bindings), std::move(usage)};
}

Result<Blueprint> Host::Impl::open(const std::filesystem::path& folder) const {
  auto package = Package::open(folder);
  if (!package) return package.error();
  Manifest manifest = package->manifest();
  return Blueprint{std::move(manifest), std::make_shared<const FolderFiles>(std::move(*package)), folder};
}

Result<InstanceParts> Host::Impl::build(const Blueprint& blueprint, const LoadOptions& options) const {
  const Manifest& manifest = blueprint.manifest;
  auto admitted = admit(blueprint, options);
  if (!admitted) return admitted.error();
  std::string group = group_of(manifest, admitted->bindings.grants(), options);
  return InstanceParts{std::move(admitted->bindings),
                       blueprint.files,
                       manifest.main,
                       manifest.code_generation,
                       manifest.web_assembly,
                       options_.contain_crashes,
                       options.weight,
                       std::move(group),
                       options_.log,
                       options_.observer,
                       options_.audit,
                       std::move(admitted->usage),
                       std::make_shared<const Manifest>(manifest),
                       rights_};
}

// Those that are loaded, and those that another version of it would leave without what they depend on.
Result<void> Host::Impl::check_neighbours(const Manifest& manifest) {
  auto loaded = all_loaded();
  if (auto fits = check_dependencies(manifest, loaded); !fits) return fits;
  std::erase_if(loaded, [&](const LoadedPlugin& plugin) { return plugin.id == manifest.id; });
  loaded.push_back({manifest.id, manifest.version});
  for (const auto& slot : all_slots()) {
    const auto blueprint = slot->blueprint();
    if (!blueprint->manifest.dependencies.contains(manifest.id)) continue;
    if (auto fits = check_dependencies(blueprint->manifest, loaded); !fits) return fits;
  }
  return {};
}

Result<Plugin> Host::Impl::load(Blueprint blueprint, const LoadOptions& options) {
  if (options.weight < 1 || options.weight > kMostWeight) {
    return Error(Errc::invalid_argument,
                 "LoadOptions::weight: expected 1 to 10000, found " + std::to_string(options.weight));
  }
  if (auto fits = check_dependencies(blueprint.manifest, all_loaded()); !fits) return fits.error();
  auto parts = build(blueprint, options);
  if (!parts) return parts.error();
  if (auto place = census_.admit(); !place) return place.error();
  const std::string group = parts->group;
  Worker& worker = crew_.assign(group);
  std::uint64_t id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = ++last_;
    ++running_;
  }
  const auto slot = std::make_shared<Slot>(
      supervision::SlotParts{worker, *this, census_, std::make_shared<const Blueprint>(std::move(blueprint)),
                             options, options_.observer, options_.random ? options_.random : random_number,
                             [this, id, &worker, group] { forget(id, worker, group); }});
  if (auto loaded = slot->load(std::move(*parts)).get(); !loaded) return loaded.error();
  {
    const std::scoped_lock lock(mutex_);
    slots_.emplace(id, slot);
  }
  // The handle's copies share a lease; when the last one goes, the plugin is unloaded.
  return Plugin(std::shared_ptr<Slot>(slot.get(), [slot](Slot*) { static_cast<void>(slot->unload({})); }));
}

Result<std::vector<Plugin>> Host::Impl::load_all(std::vector<Blueprint> blueprints,
                                                 const LoadOptions& options) {
  std::vector<Manifest> manifests;
  for (const Blueprint& blueprint : blueprints) manifests.push_back(blueprint.manifest);
  const auto order = load_order(manifests, all_loaded());
  if (!order) return order.error();
  std::map<std::size_t, Plugin> loaded;  // by their place in `blueprints`
  std::vector<Plugin> in_order;
  for (const std::size_t index : *order) {
    auto plugin = load(std::move(blueprints[index]), options);
    if (!plugin) {
      for (Plugin& each : std::views::reverse(in_order)) static_cast<void>(each.unload().get());
      return plugin.error();
    }
    in_order.push_back(*plugin);
    loaded.emplace(index, std::move(*plugin));
  }
  std::vector<Plugin> plugins;
  for (auto& [index, plugin] : loaded) plugins.push_back(std::move(plugin));
  return plugins;
}

// What requires it is restarted too, where it is so supervised; and what requires that, when it was.
void Host::Impl::restarted(const std::string& id) {
  for (const auto& slot : all_slots()) {
    const auto blueprint = slot->blueprint();
    const auto& dependencies = blueprint->manifest.dependencies;
    const auto found = dependencies.find(id);
    if (found == dependencies.end() || found->second.optional || !slot->restarts_with_dependencies())
      continue;
    static_cast<void>(slot->restart());
  }
}

std::vector<std::shared_ptr<Slot>> Host::Impl::all_slots() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Slot>> all;
  for (const auto& [id, slot] : slots_) all.push_back(slot);
  return all;
}

std::vector<LoadedPlugin> Host::Impl::all_loaded() {
  std::vector<LoadedPlugin> all;
  for (const auto& slot : all_slots()) {
    const auto blueprint = slot->blueprint();
    all.push_back({blueprint->manifest.id, blueprint->manifest.version});
  }
  return all;
}

std::vector<Statistics> Host::Impl::statistics() const {
  std::vector<Statistics> all;
  for (const auto& slot : all_slots()) all.push_back(slot->statistics());
  return all;
}

void Host::Impl::forget(std::uint64_t id, Worker& worker, const std::string& group) {
  crew_.release(worker, group);
  std::shared_ptr<Slot> last;  // destroyed without the lock
  const std::scoped_lock lock(mutex_);
  if (auto node = slots_.extract(id)) last = std::move(node.mapped());
  if (--running_ == 0 && all_gone_) all_gone_->settle({});
}

// Loads that failed close on their own.
void Host::Impl::wait_for_all() {
  std::optional<Future<void>> gone;
  {
    const std::scoped_lock lock(mutex_);
    if (running_ == 0) return;
    gone = all_gone_.emplace().future();
  }
  static_cast<void>(gone->get());
}

Result<Host> Host::create(HostOptions options) {
  auto version = Version::parse(options.version);
  if (!version) return Error(Errc::invalid_argument, "HostOptions::version: " + version.error().message());
  if (options.workers == 0 && loop::Loop::current() != nullptr) {
    return Error(Errc::not_supported,
                 "this thread runs the plugins of another Host already; give one of the two workers");
  }
  if (auto engine = js::Engine::start(options.engine_flags); !engine) return engine.error();
  if (options.contain_crashes) js::contain_traps();
  if (!options.audit) {
    auto audit = open_audit(options.policy.audit);
    if (!audit) return audit.error();
    options.audit = std::move(*audit);
  }
  return Host(std::make_unique<Impl>(std::move(options), std::move(*version)));
}

Host::Host(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Host::Host(Host&&) noexcept = default;
Host& Host::operator=(Host&&) noexcept = default;
Host::~Host() = default;

Result<Plugin> Host::load(const std::filesystem::path& folder, const LoadOptions& options) {
  auto blueprint = impl_->open(folder);
  if (!blueprint) return blueprint.error();
  return impl_->load(std::move(*blueprint), options);
}

Result<Plugin> Host::load(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                          const LoadOptions& options) {
  return impl_->load({std::move(manifest), std::move(files), {}}, options);
}

Result<std::vector<Plugin>> Host::load_all(const std::vector<std::filesystem::path>& folders,
                                           const LoadOptions& options) {
  std::vector<Blueprint> blueprints;
  for (const auto& folder : folders) {
    auto blueprint = impl_->open(folder);
    if (!blueprint) return blueprint.error();
    blueprints.push_back(std::move(*blueprint));
  }
  return impl_->load_all(std::move(blueprints), options);
}

bool Host::poll(std::chrono::microseconds budget) {
  Worker* worker = impl_->crew().own();
  return worker != nullptr && worker->loop.poll(budget);
}

int Host::wake_handle() const noexcept {
  Worker* worker = impl_->crew().own();
  return worker == nullptr ? -1 : worker->loop.wake_handle();
}

Grants Host::resolve(const Manifest& manifest) const { return impl_->rights().resolve(manifest); }

void Host::set_policy(Policy policy) { impl_->rights().set_policy(std::move(policy)); }

Result<void> Host::grant(Policy::UserGrant grant) { return impl_->rights().grant(std::move(grant)); }

Result<void> Host::revoke(std::string_view plugin, std::string_view capability) {
  return impl_->rights().revoke(plugin, capability);
}

Result<void> Host::refresh_grants() { return impl_->rights().refresh(); }

const Registry& Host::registry() const noexcept { return impl_->registry(); }

std::vector<Statistics> Host::statistics() const { return impl_->statistics(); }

}  // namespace cloche
