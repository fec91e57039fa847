#include "paths.h"

#include <cerrno>
#include <cloche/directory.h>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace cloche::cli {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

Error unreadable(const std::string& path, int error) {
  return Error(Errc::io, "cannot read this file: " + std::string(std::strerror(error))).at({path, 0, 0});
}

Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes)
      return Error(Errc::size_limit, "this file is larger than 64 MiB").at({path, 0, 0});
  }
}

std::filesystem::path environment_path(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

}  // namespace

std::filesystem::path data_folder() {
  // The specification has relative values ignored.
  if (auto home = environment_path("XDG_DATA_HOME"); home.is_absolute()) return home / "cloche";
  return home_folder() / ".local" / "share" / "cloche";
}

std::filesystem::path default_grants_file() {
  auto home = environment_path("XDG_CONFIG_HOME");
  if (!home.is_absolute()) home = home_folder() / ".config";
  return home / "cloche" / "grants.yaml";
}

std::filesystem::path home_folder() {
  auto home = environment_path("HOME");
  return home.is_absolute() ? home : std::filesystem::path();
}

Result<std::string> read_text(const std::string& path) {
  if (path == "-") return read_all(STDIN_FILENO, "<stdin>");
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unreadable(path, errno);
  return read_all(file.get(), path);
}

}  // namespace cloche::cli
