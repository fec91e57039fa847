#pragma once

#include <cloche/call.h>
#include <cloche/directory.h>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "net/fetch.h"

namespace cloche::net {

/// The responses that plugins of one thread have open: a service of its reactor. Each belongs to one grant,
/// which its scope stands for, and ends with it.
class Streams {
 public:
  explicit Streams(Reactor& reactor);
  ~Streams();

  /// Keeps it until it is closed, the capability is revoked or the plugin goes; gives its id, never 0.
  /// Errors: `not_capable` when that has been; `io`.
  [[nodiscard]] Result<std::uint32_t> add(Call& call, std::shared_ptr<Transfer> transfer);
  /// Null when the caller has none of that id.
  [[nodiscard]] std::shared_ptr<Transfer> find(const Call& call, std::uint32_t id) const;
  void close(const Call& call, std::uint32_t id);

 private:
  class Ended;
  class Tie;
  struct Stream {
    const void* owner;
    std::shared_ptr<Transfer> transfer;
    std::shared_ptr<Tie> tie;
  };
  void drop_ended();

  std::map<std::uint32_t, Stream> streams_;
  std::uint32_t last_ = 0;
  std::shared_ptr<Ended> ended_;
  std::unique_ptr<Reactor::Watch> watch_;
};

}  // namespace cloche::net
