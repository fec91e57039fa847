#include <cerrno>
#include <cloche/config_store.h>
#include <cloche/directory.h>
#include <cloche/json.h>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <system_error>
#include <unistd.h>

#include "plugin_folder.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;

constexpr const char* kName = "config.json";
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 20;

class MemoryConfigStore final : public ConfigStore {
 public:
  Result<Object> read(const std::string& plugin) override {
    const std::scoped_lock lock(mutex_);
    const auto found = settings_.find(plugin);
    return found == settings_.end() ? Object() : found->second;
  }
  Result<void> write(const std::string& plugin, const Object& settings) override {
    const std::scoped_lock lock(mutex_);
    settings_.insert_or_assign(plugin, settings);
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Object> settings_;
};

Error failure(const char* verb, const stdfs::path& file) {
  return {Errc::io, std::string("cannot ") + verb + " the settings '" + file.string() +
                        "': " + std::generic_category().message(errno)};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

// Beside it and then in its place, so that there is one whole file at any time.
Result<void> replace(const stdfs::path& file, std::string_view text) {
  std::string made = file.string() + ".XXXXXX";
  const FileDescriptor descriptor(::mkostemp(made.data(), O_CLOEXEC));
  if (!descriptor) return failure("write", file);
  if (write_all(descriptor.get(), text) && ::rename(made.c_str(), file.c_str()) == 0) return {};
  const Error error = failure("write", file);
  ::unlink(made.c_str());
  return error;
}

class FileConfigStore final : public ConfigStore {
 public:
  explicit FileConfigStore(stdfs::path folder) : folder_(std::move(folder)) {}

  Result<Object> read(const std::string& plugin) override {
    auto folder = plugin_folder(folder_, plugin);
    if (!folder) return folder.error();
    std::error_code error;
    if (!stdfs::exists(*folder / kName, error)) return Object();
    auto opened = Directory::open(*folder);
    if (!opened) return opened.error();
    auto text = opened->read_file(kName, kMaxBytes);
    if (!text) return text.error();
    auto value = parse_json(*text);
    if (value && value->is<Object>()) return std::move(*value->as<Object>());
    return Error(Errc::io, "the settings '" + (*folder / kName).string() +
                               "' are no JSON object; correct the file, or remove it");
  }

  Result<void> write(const std::string& plugin, const Object& settings) override {
    auto folder = plugin_folder(folder_, plugin);
    if (!folder) return folder.error();
    if (auto made = make_private_folder(*folder); !made) return made;
    auto text = to_json(settings, 2);
    if (!text) return text.error();
    return replace(*folder / kName, *text + '\n');
  }

 private:
  const stdfs::path folder_;
};

}  // namespace

std::shared_ptr<ConfigStore> memory_config_store() { return std::make_shared<MemoryConfigStore>(); }

std::shared_ptr<ConfigStore> file_config_store(stdfs::path folder) {
  return std::make_shared<FileConfigStore>(std::move(folder));
}

}  // namespace cloche
