#include "check_source.h"
#include "findings.h"
#include "paths.h"
#include "rights.h"
#include "verb.h"

#include <algorithm>
#include <cloche/config_schema.h>
#include <cloche/package.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDetails =
    R"(Checks plugin folders (the manifest and the sources), manifests, policies and sources, without
running anything. A YAML file with policy_version is a policy, any other a manifest; .js and
.mjs files are read as ES modules. What is wrong is printed, all of it, one line each:
FILE:LINE:COLUMN: error[CODE]: TEXT

What an application adds to the built-in capabilities is read from cloche-host.json in PATH or
the nearest folder above.

Examples:
  cloche check my-plugin
  cloche check policy.yaml my-plugin/plugin.yaml my-plugin/main.mjs
  cloche check --json sample-host/plugins/*)";

/// Everything wrong with the paths checked so far.
class Checker {
 public:
  void check(const std::string& path);

  [[nodiscard]] const Findings& findings() const noexcept { return findings_; }

 private:
  void check_folder(const std::string& folder);
  void check_settings(const std::string& folder);
  void check_yaml(const std::string& path);
  void check_source(const std::string& path);
  void add_unreadable(Errc code, const Error& error, const std::string& path) {
    findings_.add(Error(code, error.message()).at({path, 0, 0}));
  }

  std::optional<Result<SourceChecker>> sources_;  // started with the first source
  Findings findings_;
};

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }
bool is_source(const fs::path& path) { return path.extension() == ".js" || path.extension() == ".mjs"; }

// By its text, so that what is no YAML at all is still told of as the one or the other.
bool is_policy(const std::string& text) {
  return text.starts_with("policy_version") || text.find("\npolicy_version") != std::string::npos;
}

// The plugin's own sources: not those of the packages beneath it, nor what a tool keeps in a hidden folder.
std::vector<fs::path> sources_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool directory = entry->is_directory(error) && !entry->is_symlink(error);
    if (directory && (name == "node_modules" || name.starts_with('.'))) entry.disable_recursion_pending();
    if (!directory && is_source(name)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

template <class T>
Result<void> checked(const Result<T>& parsed, const Catalogue& catalogue) {
  return parsed ? check_capabilities(*parsed, catalogue) : Result<void>(parsed.error());
}

void Checker::check(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    check_folder(path);
  } else if (is_source(path)) {
    check_source(path);
  } else if (is_yaml(path)) {
    check_yaml(path);
  } else {
    add_unreadable(Errc::manifest_invalid,
                   Error(Errc::io, "expected a plugin's folder, a .yaml, .js or .mjs file"), path);
  }
}

void Checker::check_folder(const std::string& folder) {
  findings_.add_file();
  if (auto manifest = open_manifest(folder); !manifest) {
    findings_.add(manifest.error());
  } else {
    check_settings(folder);
  }
  for (const fs::path& source : sources_in(folder)) check_source(source.string());
}

void Checker::check_settings(const std::string& folder) {
  const auto package = Package::open(folder);
  if (!package) return findings_.add(package.error());
  const auto read = [&](std::string_view path) { return package->read(path); };
  if (auto terms = read_config_terms(package->manifest(), read); !terms) findings_.add(terms.error());
}

void Checker::check_yaml(const std::string& path) {
  findings_.add_file();
  const auto text = read_text(path);
  if (!text) return add_unreadable(Errc::manifest_invalid, text.error(), path);
  const auto catalogue = catalogue_for(path);
  if (!catalogue) return findings_.add(catalogue.error());
  const auto good = is_policy(*text) ? checked(parse_policy(*text, path), *catalogue)
                                     : checked(parse_manifest(*text, path), *catalogue);
  if (!good) findings_.add(good.error());
}

void Checker::check_source(const std::string& path) {
  findings_.add_file();
  const auto text = read_text(path);
  if (!text) return add_unreadable(Errc::source_invalid, text.error(), path);
  if (!sources_) sources_.emplace(SourceChecker::create());
  if (!*sources_) return findings_.add(sources_->error());
  if (const auto wrong = (*sources_)->check(path, *text)) findings_.add(*wrong);
}

ExitCode run(const std::vector<std::string>& paths, const Report& report) {
  Checker checker;
  for (const std::string& path : paths) checker.check(path);
  return checker.findings().tell(report);
}

}  // namespace

void add_check(Program& program) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App& verb =
      program.add_verb("check", "Check manifests, policies and sources, and tell all that is wrong", kDetails,
                       [paths](const Report& report) { return run(*paths, report); });
  verb.add_option("PATH", *paths, "A plugin's folder, a manifest, a policy or a source")->required();
}

}  // namespace cloche::cli
