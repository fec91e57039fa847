#include <cloche/builtin.h>
#include <cloche/builtin/config.h>
#include <cloche/builtin/crypto.h>
#include <cloche/builtin/env.h>
#include <cloche/builtin/events.h>
#include <cloche/builtin/exec.h>
#include <cloche/builtin/fs.h>
#include <cloche/builtin/log.h>
#include <cloche/builtin/permissions.h>
#include <cloche/builtin/plugins.h>
#include <cloche/builtin/storage.h>

namespace cloche {

namespace {

std::shared_ptr<Configuration> default_configuration(const std::filesystem::path& data_directory) {
  return std::make_shared<Configuration>(data_directory.empty() ? memory_config_store()
                                                                : file_config_store(data_directory));
}

}  // namespace

Registry builtin_capabilities(BuiltinOptions options) {
  Registry registry;
  define_log(registry, metered_log(options.log ? std::move(options.log) : spdlog_sink()));
  define_clock(registry, std::move(options.clock));
  const RandomSource random = options.random ? std::move(options.random) : system_random();
  define_random(registry, random);
  define_crypto(registry, random);
  define_storage(registry, options.data_directory);
  define_permissions(registry);
  define_plugins(registry);
  define_config(registry,
                options.config ? std::move(options.config) : default_configuration(options.data_directory));
  define_events(registry, options.events ? std::move(options.events) : std::make_shared<EventBus>());
  if (!options.net.secrets) options.net.secrets = secrets_in_memory({});
  define_secrets(registry, options.net.secrets);
  define_net(registry, std::move(options.net));
  const FsOptions folders{std::move(options.directories), std::move(options.data_directory),
                          make_temporary_folders()};
  define_fs(registry, folders);
  define_env(registry, options.environment);
  define_exec(registry, {std::move(options.command_path), std::move(options.environment), folders});
  return registry;
}

}  // namespace cloche
