#pragma once

#include "exit_code.h"

#include <cloche/error.h>
#include <cloche/value.h>
#include <string>
#include <string_view>

namespace cloche::cli {

/// How a verb tells its outcome: text for people, or with `--json` exactly one JSON document on stdout.
class Report {
 public:
  explicit Report(bool json) noexcept : json_(json) {}

  [[nodiscard]] bool json() const noexcept { return json_; }

  /// Prints `document` with `--json`, and `text` as it is without.
  ExitCode tell(const Value& document, std::string_view text, ExitCode code = ExitCode::done) const;

  /// A plugin's result: as JSON, and nothing for undefined. With `--json` it is `{"value": …}`, without the
  /// property for undefined.
  ExitCode result(const Value& value) const;

  /// One line on stderr; with `--json` also `{"error": …}` on stdout.
  ExitCode fail(const Error& error) const;
  /// The same for a command line that makes no sense.
  ExitCode misused(const std::string& message) const;

 private:
  bool json_;
};

/// The error as a document: code, message and all else that is known of it.
Value to_document(const Error& error);
Value to_document(const SourceLocation& location);

}  // namespace cloche::cli
