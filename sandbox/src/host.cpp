#include <cloche/host.h>

#include "crew.h"
#include "instance.h"
#include "js/engine.h"

#include <algorithm>
#include <cloche/bindings.h>
#include <cloche/package.h>
#include <cloche/resolve.h>
#include <cloche/semver.h>
#include <map>
#include <mutex>
#include <utility>

namespace cloche {
namespace {

/// The version of the API that plugins are written against: `engines.api` of a manifest is checked against
/// it.
constexpr std::string_view kPluginApi = "1.0.0";

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

class Host::Impl {
 public:
  Impl(HostOptions options, Version version)
      : options_(std::move(options)),
        version_(std::move(version)),
        registry_(std::make_shared<const Registry>(std::move(options_.registry))),
        catalogue_(registry_->catalogue()),
        crew_(options_.workers, options_.slice) {}

  ~Impl() {
    std::vector<std::shared_ptr<Instance>> all;
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [id, instance] : instances_) all.push_back(instance);
    }
    for (const auto& instance : all) static_cast<void>(instance->unload().get());
    wait_for_all();
  }

  Result<Plugin> load(const Manifest& manifest, std::shared_ptr<const PackageFiles> files,
                      const LoadOptions& options);

  [[nodiscard]] Grants resolve(const Manifest& manifest) const {
    return cloche::resolve(manifest, options_.policy, catalogue_,
                           {std::chrono::system_clock::now(), options_.can_prompt});
  }
  [[nodiscard]] const Registry& registry() const noexcept { return *registry_; }
  [[nodiscard]] Crew& crew() noexcept { return crew_; }

 private:
  [[nodiscard]] Result<Bindings> admit(const Manifest& manifest, const LoadOptions& options) const;
  void forget(std::uint64_t id, Worker& worker, const std::string& group);
  void wait_for_all();

  HostOptions options_;
  Version version_;
  std::shared_ptr<const Registry> registry_;
  Catalogue catalogue_;
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Instance>> instances_;
  std::size_t running_ = 0;
  std::optional<Promise<void>> all_gone_;
  Crew crew_;  // last: its threads use what is above
};

// Everything that can be refused without running a line of the plugin.
Result<Bindings> Host::Impl::admit(const Manifest& manifest, const LoadOptions& options) const {
  const Version api = Version::parse(kPluginApi).value();
  if (auto fits = check_engines(manifest, version_, api); !fits) return fits.error();
  if (auto known = check_capabilities(manifest, catalogue_); !known) return known.error();
  Grants grants = resolve(manifest);
  grants.isolation = std::max(grants.isolation, options.isolation_at_least);
  if (auto missing = missing_required(grants)) return *missing;
  if (auto refused = unsupported(manifest, grants)) return *refused;
  return bind(registry_, std::move(grants), {manifest.id, manifest.name, to_string(manifest.version)});
}

Result<Plugin> Host::Impl::load(const Manifest& manifest, std::shared_ptr<const PackageFiles> files,
                                const LoadOptions& options) {
  auto bindings = admit(manifest, options);
  if (!bindings) return bindings.error();
  const std::string group = group_of(manifest, bindings->grants(), options);
  InstanceParts parts{
      std::move(*bindings),  std::move(files),         manifest.main, manifest.code_generation,
      manifest.web_assembly, options_.contain_crashes, group,         options_.log,
      options_.observer};
  Worker& worker = crew_.assign(group);
  std::uint64_t id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = ++last_;
    ++running_;
  }
  auto started = start_instance(worker, std::move(parts), [this, id, &worker, group] {
                   forget(id, worker, group);
                 }).get();
  if (!started) return started.error();
  {
    const std::scoped_lock lock(mutex_);
    instances_.emplace(id, *started);
  }
  // The handle's copies share a lease; when the last one goes, the instance is unloaded.
  Instance* instance = started->get();
  return Plugin(std::shared_ptr<Instance>(
      instance, [held = std::move(*started)](Instance*) { static_cast<void>(held->unload()); }));
}

void Host::Impl::forget(std::uint64_t id, Worker& worker, const std::string& group) {
  crew_.release(worker, group);
  std::shared_ptr<Instance> last;  // destroyed without the lock
  const std::scoped_lock lock(mutex_);
  if (auto node = instances_.extract(id)) last = std::move(node.mapped());
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
  return Host(std::make_unique<Impl>(std::move(options), std::move(*version)));
}

Host::Host(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Host::Host(Host&&) noexcept = default;
Host& Host::operator=(Host&&) noexcept = default;
Host::~Host() = default;

Result<Plugin> Host::load(const std::filesystem::path& folder, const LoadOptions& options) {
  auto package = Package::open(folder);
  if (!package) return package.error();
  const Manifest manifest = package->manifest();
  return impl_->load(manifest, std::make_shared<const FolderFiles>(std::move(*package)), options);
}

Result<Plugin> Host::load(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                          const LoadOptions& options) {
  return impl_->load(manifest, std::move(files), options);
}

bool Host::poll(std::chrono::microseconds budget) {
  Worker* worker = impl_->crew().own();
  return worker != nullptr && worker->poll(budget);
}

int Host::wake_handle() const noexcept {
  Worker* worker = impl_->crew().own();
  return worker == nullptr ? -1 : worker->loop.wake_handle();
}

Grants Host::resolve(const Manifest& manifest) const { return impl_->resolve(manifest); }

const Registry& Host::registry() const noexcept { return impl_->registry(); }

}  // namespace cloche
