#pragma once

#include <cloche/call.h>
#include <cloche/function.h>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "fs/file_scope.h"

namespace cloche::fs {

/// The files and folders that one plugin watches. Belongs to the plugin's thread; the scope outlives it.
class Watches {
 public:
  static constexpr std::size_t kMaxWatches = 256;

  explicit Watches(const FileScope& scope) : scope_(scope) {}
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  /// Has `callback` told what happens to `name` itself or, where it is a folder, to what lies directly in it and is inside
  /// the scope. Errors: those of `locate`; `quota`.
  [[nodiscard]] Result<std::uint32_t> watch(Call& call, const std::string& name, const Function& callback);
  /// Whether there was one.
  bool unwatch(std::uint32_t number);

 private:
  class One;
  const FileScope& scope_;
  std::uint32_t last_ = 0;
  std::map<std::uint32_t, std::shared_ptr<One>> watches_;
};

}  // namespace cloche::fs
