#include <cloche/plugin.h>

#include "supervision/slot.h"

namespace cloche {

PluginInfo Plugin::info() const { return slot_->info(); }

Grants Plugin::grants() const { return slot_->grants(); }

std::vector<std::string> Plugin::exports() const { return slot_->exports(); }

void Plugin::call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) {
  slot_->call_export(options, name, outgoing);
}

void Plugin::read_export(std::string_view name, detail::Outgoing& outgoing) {
  slot_->read_export(name, outgoing);
}

Future<void> Plugin::unload(const UnloadOptions& options) { return slot_->unload(options); }

Future<void> Plugin::restart() { return slot_->restart(); }

Future<void> Plugin::reload(const ReloadOptions& options) {
  return slot_->reload(std::filesystem::path(), options);
}

Future<void> Plugin::reload(const std::filesystem::path& folder, const ReloadOptions& options) {
  return slot_->reload(folder, options);
}

Future<void> Plugin::reload(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                            const ReloadOptions& options) {
  return slot_->reload(supervision::Blueprint{std::move(manifest), std::move(files), {}}, options);
}

Statistics Plugin::statistics() const { return slot_->statistics(); }

Life Plugin::life() const { return slot_->life(); }

}  // namespace cloche
