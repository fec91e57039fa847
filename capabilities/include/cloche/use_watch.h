#pragma once

#include <cloche/limit.h>
#include <cloche/limits.h>

namespace cloche {

/// Told what one plugin uses of the limits that capabilities keep: the log's and the storage's. The sandbox
/// counts it for the plugin's statistics. From any thread; must not wait.
class UseWatch {
 public:
  virtual ~UseWatch() = default;
  /// Something ran into `limit` and was refused.
  virtual void limit_hit(Limit limit) = 0;
  /// Bytes of text that were handed to the log, and that were dropped because they were too many.
  virtual void logged(ByteCount kept, ByteCount dropped) = 0;
};

}  // namespace cloche
