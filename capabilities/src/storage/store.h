#pragma once

#include <boost/describe.hpp>
#include <cloche/result.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cloche {

struct StorageUsage {
  double used = 0;     ///< bytes
  double allowed = 0;  ///< bytes
};
BOOST_DESCRIBE_STRUCT(StorageUsage, (), (used, allowed))

/// Keys and texts in one SQLite file. Safe to use from any thread, one call at a time; every call may block.
class Store {
 public:
  /// What an entry counts for beside its key and value, so that empty ones are not free.
  static constexpr std::uint64_t kEntryOverhead = 32;

  /// Opens the file at the first use, so that loading a plugin that may store costs nothing.
  Store(std::filesystem::path file, std::uint64_t quota);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] Result<std::optional<std::string>> get(const std::string& key);
  [[nodiscard]] Result<void> set(const std::string& key, const std::string& value);
  /// Whether there was such a key.
  [[nodiscard]] Result<bool> remove(const std::string& key);
  /// In the order of their bytes.
  [[nodiscard]] Result<std::vector<std::string>> keys(const std::string& prefix);
  [[nodiscard]] Result<void> clear();
  [[nodiscard]] Result<StorageUsage> usage();

 private:
  struct Connection;
  [[nodiscard]] Result<Connection*> connect();

  std::filesystem::path file_;
  std::uint64_t quota_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cloche
