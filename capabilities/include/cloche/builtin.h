#pragma once

#include <cloche/builtin/clock.h>
#include <cloche/builtin/env.h>
#include <cloche/builtin/net.h>
#include <cloche/builtin/random.h>
#include <cloche/builtin/secrets.h>
#include <cloche/configuration.h>
#include <cloche/event_bus.h>
#include <cloche/log_sink.h>
#include <cloche/registry.h>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cloche {

/// What the built-in capabilities work on. Everything of the outside comes in here.
struct BuiltinOptions {
  /// What `$NAME` stands for in the paths of `fs`: "WORKSPACE", "PLUGIN_DATA", "TEMP", or others of the
  /// host's choice; FsOptions says more.
  std::map<std::string, std::filesystem::path> directories;
  /// Where each plugin's data is, in a folder named by its id. Empty: no `storage`, and no `$PLUGIN_DATA`.
  std::filesystem::path data_directory;
  std::shared_ptr<LogSink> log;  ///< null: metered_log(spdlog_sink())
  ClockOptions clock;
  RandomSource random;  ///< empty: the kernel's
  std::shared_ptr<Configuration>
      config;                        ///< null: in a file of each plugin in `data_directory`, or in memory
  std::shared_ptr<EventBus> events;  ///< for the host to publish and subscribe, too; null: the plugins' own
  NetOptions net;                    ///< `secrets` works with its store, too
  /// What `env` shows, and `exec` passes on, of what a plugin's scope names.
  Environment environment = process_environment();
  /// Where `exec` looks commands up.
  std::vector<std::filesystem::path> command_path = {"/usr/local/bin", "/usr/bin", "/bin"};
};

/// A registry with every capability of `<cloche/builtin/…>`, to which a host adds its own.
[[nodiscard]] Registry builtin_capabilities(BuiltinOptions options = {});

}  // namespace cloche
