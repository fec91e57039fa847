#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// What kind of thing went wrong. The names (`to_string`) are part of the contract: they stand in
/// `error[...]` on the command line, in `--json`, in the audit log, and as `code` on errors a plugin sees.
/// Values are not stable; names are.
enum class Errc : std::uint8_t {
  invalid_argument,  ///< a caller's argument is out of its range or of the wrong type
  manifest_invalid,  ///< plugin.yaml is missing, malformed or contradicts itself
  policy_invalid,    ///< policy.yaml likewise
  source_invalid,    ///< a plugin's source does not parse, or cannot be read
  module_not_found,  ///< an import names nothing inside the package
  not_capable,       ///< the plugin was not granted what it tried to use
  threw,             ///< the plugin's own code threw
  cpu_limit,         ///< a call computed for longer than its limit
  wall_limit,        ///< a call took longer, waiting included, than its limit
  heap_limit,        ///< the plugin's heap is full
  size_limit,        ///< a value that crosses the boundary is too large or too deep
  mailbox_limit,     ///< too many calls are waiting for this plugin
  external_limit,    ///< a value does not fit what ArrayBuffers may take
  timer_limit,       ///< too many timers are set
  pending_limit,     ///< too many asynchronous host functions are under way
  rate_limit,        ///< host functions were called too often within a second
  quota,             ///< a capability's quota is used up
  crashed,           ///< the engine gave the instance up; it is quarantined
  cancelled,         ///< the caller, or the host shutting down, cancelled the call
  unloaded,          ///< the plugin is not loaded any more
  no_such_export,    ///< the plugin exports no function of that name
  not_supported,     ///< this build, platform or kernel cannot do it
  io,                ///< the operating system refused
  internal,          ///< a defect of Cloche or of a host function
};

/// How many there are; their values are below it.
inline constexpr std::size_t kErrcCount = static_cast<std::size_t>(Errc::internal) + 1;

/// The stable name of `code`, such as "manifest_invalid".
std::string_view to_string(Errc code) noexcept;

/// A place in a text. `line` and `column` count from 1; 0 means unknown. Columns count Unicode code points.
struct SourceLocation {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const SourceLocation&, const SourceLocation&) = default;
};

/// `file:line:column`, leaving out what is unknown.
std::string to_string(const SourceLocation& location);

/// One frame of a plugin's own stack; frames of the host never appear.
struct StackFrame {
  std::string function;  ///< empty for top-level code
  SourceLocation location;
};

/// An error as a value: a code, one sentence, and what is known beyond it. Cheap to copy and to move (one
/// pointer); copies share an immutable state, so an Error may be read from any thread.
class Error {
 public:
  /// No error; what a successful Result answers when asked for its error. Its code is `internal`, its texts
  /// are empty.
  Error() noexcept = default;
  Error(Errc code, std::string message);

  [[nodiscard]] Errc code() const noexcept;
  /// One sentence without a final stop: what was wrong, what was expected, what to do.
  [[nodiscard]] const std::string& message() const noexcept;
  [[nodiscard]] const std::optional<SourceLocation>& where() const noexcept;
  /// The class of the JavaScript error this was ("TypeError"), or empty when no plugin threw it.
  [[nodiscard]] const std::string& class_name() const noexcept;
  /// The `code` property of the JavaScript error, or empty.
  [[nodiscard]] const std::string& plugin_code() const noexcept;
  [[nodiscard]] const std::vector<StackFrame>& frames() const noexcept;
  /// The error behind this one, or null.
  [[nodiscard]] const Error* cause() const noexcept;
  /// Further errors found on the same occasion, in the order of the text; this error is the first of them.
  [[nodiscard]] const std::vector<Error>& more() const noexcept;

  // Each returns the error with one thing added, for use while it is being made.
  [[nodiscard]] Error at(SourceLocation location) &&;
  [[nodiscard]] Error of_class(std::string class_name) &&;
  [[nodiscard]] Error with_plugin_code(std::string code) &&;
  [[nodiscard]] Error with_frames(std::vector<StackFrame> frames) &&;
  [[nodiscard]] Error because(Error cause) &&;
  [[nodiscard]] Error with_more(std::vector<Error> more) &&;

 private:
  struct State;
  [[nodiscard]] const State& state() const noexcept;
  State& change();

  std::shared_ptr<const State> state_;
};

/// `file:line:col: error[code]: text`, in one line; control characters of the text are escaped.
std::string to_string(const Error& error);

}  // namespace cloche
