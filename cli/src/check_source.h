#pragma once

#include <cloche/host.h>
#include <cloche/result.h>
#include <optional>
#include <string>

namespace cloche::cli {

/// Reads sources with the engine without running a line of them.
class SourceChecker {
 public:
  [[nodiscard]] static Result<SourceChecker> create();

  /// What keeps the ES module `text` from being read as one, with `name` for its file; nothing where it is
  /// well-formed.
  [[nodiscard]] std::optional<Error> check(const std::string& name, const std::string& text) const;

 private:
  explicit SourceChecker(Host host) : host_(std::make_unique<Host>(std::move(host))) {}
  std::unique_ptr<Host> host_;
};

}  // namespace cloche::cli
