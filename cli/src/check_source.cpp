#include "check_source.h"

#include "memory_files.h"
#include "places.h"

#include <utility>

namespace cloche::cli {
namespace {

// Modules run only after all they import was found and read. The program imports the source, and then what is
// never found: so the source is read, and nothing runs.
constexpr const char* kProgram = "import './checked.mjs';\nimport './never-found.mjs';\n";

std::shared_ptr<const PackageFiles> files_around(const std::string& source) {
  return std::make_shared<MemoryFiles>(
      std::map<std::string, std::string, std::less<>>{{"main.mjs", kProgram}, {"checked.mjs", source}});
}

}  // namespace

Result<SourceChecker> SourceChecker::create() {
  auto host = Host::create({});
  if (!host) return host.error();
  return SourceChecker(std::move(*host));
}

std::optional<Error> SourceChecker::check(const std::string& name, const std::string& text) const {
  const auto loaded = host_->load(manifest_of_program("cloche.check"), files_around(text));
  if (loaded || loaded.error().code() != Errc::source_invalid) return std::nullopt;
  return Places::of_program(name).shown(loaded.error());
}

}  // namespace cloche::cli
