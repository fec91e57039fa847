#pragma once

#include <cloche/result.h>
#include <filesystem>
#include <string>

namespace cloche::cli {

/// Where cloche keeps plugins' data: `cloche` in the XDG data home (XDG Base Directory Specification 0.8).
/// Not made here.
std::filesystem::path data_folder();

/// Where `cloche grant` keeps what is granted if no file is named: `cloche/grants.yaml` in the XDG configuration home.
std::filesystem::path default_grants_file();

/// The user's home folder; empty where the environment names none.
std::filesystem::path home_folder();

/// The whole of a text file; of stdin for `-`. Errors: `io`; `size_limit` beyond 64 MiB.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

}  // namespace cloche::cli
