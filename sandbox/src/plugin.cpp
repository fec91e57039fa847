#include <cloche/plugin.h>

#include "instance.h"

namespace cloche {

const PluginInfo& Plugin::info() const noexcept { return instance_->info(); }

const Grants& Plugin::grants() const noexcept { return instance_->grants(); }

std::vector<std::string> Plugin::exports() const { return instance_->exports(); }

void Plugin::call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) {
  instance_->call_export(options, name, outgoing);
}

void Plugin::read_export(std::string_view name, detail::Outgoing& outgoing) {
  instance_->read_export(name, outgoing);
}

Statistics Plugin::statistics() const { return instance_->statistics(); }

Future<void> Plugin::unload() { return instance_->unload(); }

}  // namespace cloche
