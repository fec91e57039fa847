#pragma once

#include "js/platform.h"

#include <cloche/result.h>
#include <string>
#include <vector>

namespace cloche::js {

/// V8, begun once for the process and never ended: a process that began it cannot begin it again, so it
/// outlives every Host.
class Engine {
 public:
  /// Begins V8 with `flags`, or joins the one that runs; flags given then have no effect. Any thread.
  [[nodiscard]] static Result<Engine*> start(const std::vector<std::string>& flags);

  [[nodiscard]] Platform& platform() noexcept { return *platform_; }

 private:
  explicit Engine(const std::vector<std::string>& flags);
  static void make_first_isolate();

  std::unique_ptr<Platform> platform_;
};

}  // namespace cloche::js
