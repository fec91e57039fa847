#pragma once

#include <cloche/config_schema.h>
#include <cloche/config_store.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// The settings of a host's plugins: what each plugin's manifest has for defaults, and over it, name by name, what the
/// user chose. `cap:config` is the plugins' side. May be used from any thread; calls wait for the store.
class Configuration {
 public:
  /// Settings that were found in the store and do not fit the plugin's schema (any more): they stay there, and the plugin
  /// has its defaults. Called on the thread that loads the plugin.
  using Unfit = std::function<void(const std::string& plugin, const Error&)>;

  explicit Configuration(std::shared_ptr<ConfigStore> store = memory_config_store(), Unfit unfit = {});
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

  /// What was chosen, without defaults.
  [[nodiscard]] Result<Object> chosen(const std::string& plugin);
  /// Keeps `settings` in place of what was chosen before, and tells the plugin where it is loaded. Of JSON's kinds only
  /// (see to_json). Errors: `invalid_argument`, with place and reason, where they do not fit the schema of a plugin that is
  /// loaded; those of the store. Then nothing is changed.
  [[nodiscard]] Result<void> choose(const std::string& plugin, const Object& settings);

  /// The settings of one loaded plugin.
  class Settings {
   public:
    /// Told the names whose settings are others now; on the thread of `choose`.
    using Changed = std::function<void(const std::vector<std::string>& names, const Object& settings)>;

    [[nodiscard]] std::shared_ptr<const Object> now() const;
    std::uint32_t watch(Changed changed);
    bool unwatch(std::uint32_t number);

   private:
    friend class Configuration;
    explicit Settings(std::shared_ptr<const ConfigTerms> terms) : terms_(std::move(terms)) {}
    [[nodiscard]] Result<Object> with_defaults(const Object& chosen) const;
    [[nodiscard]] std::function<void()> replace(Object settings);

    const std::shared_ptr<const ConfigTerms> terms_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Object> now_;  // under mutex_, as are
    std::uint32_t last_ = 0;
    std::map<std::uint32_t, std::shared_ptr<const Changed>> watches_;
  };

  /// Reads those of `plugin`, which is being loaded; they are kept up to date while the result lives. Errors: those of
  /// the store.
  [[nodiscard]] Result<std::shared_ptr<Settings>> load(const std::string& plugin,
                                                       std::shared_ptr<const ConfigTerms> terms);

 private:
  [[nodiscard]] std::vector<std::shared_ptr<Settings>> loaded(const std::string& plugin);

  const std::shared_ptr<ConfigStore> store_;
  const Unfit unfit_;
  std::mutex mutex_;  // of choosing and loading
  std::multimap<std::string, std::weak_ptr<Settings>> loaded_;
};

}  // namespace cloche
