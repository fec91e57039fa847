#pragma once

#include <boost/describe.hpp>
#include <cloche/result.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cloche {

struct StorageUsage {
  double used = 0;     ///< bytes
  double allowed = 0;  ///< bytes
};
BOOST_DESCRIBE_STRUCT(StorageUsage, (), (used, allowed))

/// Which keys to list: at most `limit`, of those after the key `after`.
struct StoragePage {
  std::optional<std::string> after;
  std::optional<std::uint32_t> limit;
};
BOOST_DESCRIBE_STRUCT(StoragePage, (), (after, limit))

/// Keys and texts in one SQLite file. Safe to use from any thread, one call at a time; every call may block.
///
/// What was answered outlasts a crash of the process. A crash of the machine may take the last changes with it, but no
/// part of a transaction. A file that is no longer a database is put aside (`<file>.damaged`, in place of an earlier
/// one), the call that found it answers `io`, and the next begins with an empty one.
class Store {
 public:
  /// What an entry counts for beside its key and value, so that empty ones are not free.
  static constexpr std::uint64_t kEntryOverhead = 32;

  struct Change {
    enum class Kind : std::uint8_t { set, remove, remove_prefix };
    Kind kind = Kind::set;
    std::string key;  ///< or the prefix
    std::string value = {};
  };
  struct Condition {
    std::string key;
    std::vector<std::optional<std::string>> any_of;  ///< what it may be; nothing: not there
  };
  struct Outcome {
    bool applied = false;
    std::uint64_t removed = 0;  ///< entries
  };

  /// Opens the file at the first use, so that loading a plugin that may store costs nothing.
  Store(std::filesystem::path file, std::uint64_t quota);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The texts of `keys`, in their order. Error: `size_limit` where they are more than `max_bytes` together.
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> get(const std::vector<std::string>& keys,
                                                                    std::uint64_t max_bytes);
  /// Makes all of `changes`, in their order, if all of `conditions` hold; otherwise none. Error: `quota` for what does
  /// not fit in the end; then none are made.
  [[nodiscard]] Result<Outcome> apply(const std::vector<Change>& changes,
                                      const std::vector<Condition>& conditions = {});
  /// In the order of their bytes.
  [[nodiscard]] Result<std::vector<std::string>> keys(const std::string& prefix,
                                                      const StoragePage& page = {});
  [[nodiscard]] Result<StorageUsage> usage();

 private:
  struct Connection;
  template <class F>
  auto with_connection(F f) -> std::invoke_result_t<F, Connection&>;
  [[nodiscard]] Result<Connection*> connect();
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Error put_aside(const Error& damage);

  std::filesystem::path file_;
  std::uint64_t quota_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::pair<std::uint64_t, std::uint64_t> identity_;  // device and inode of the file that was opened
};

}  // namespace cloche
