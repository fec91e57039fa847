#pragma once

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace cloche::testing {

inline std::string whole_file(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

/// How many processes of this machine have `token` among their arguments.
inline int processes_with(const std::string& token) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (std::isdigit(static_cast<unsigned char>(name.front())) == 0) continue;
    if (whole_file(entry.path() / "cmdline").find(token) != std::string::npos) ++count;
  }
  return count;
}

/// The calling process's children of any kind, zombies too.
inline std::string own_children() {
  std::string children;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task"))
    children += whole_file(thread.path() / "children");
  return children;
}

}  // namespace cloche::testing
