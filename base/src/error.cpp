#include <cloche/error.h>
#include <cloche/text.h>

#include <utility>

namespace cloche {

struct Error::State {
  Errc code = Errc::internal;
  std::string message;
  std::optional<SourceLocation> where;
  std::string class_name;
  std::string plugin_code;
  std::vector<StackFrame> frames;
  std::shared_ptr<const Error> cause;
  std::vector<Error> more;
};

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::manifest_invalid: return "manifest_invalid";
    case Errc::policy_invalid: return "policy_invalid";
    case Errc::source_invalid: return "source_invalid";
    case Errc::module_not_found: return "module_not_found";
    case Errc::not_capable: return "not_capable";
    case Errc::threw: return "threw";
    case Errc::cpu_limit: return "cpu_limit";
    case Errc::wall_limit: return "wall_limit";
    case Errc::heap_limit: return "heap_limit";
    case Errc::size_limit: return "size_limit";
    case Errc::mailbox_limit: return "mailbox_limit";
    case Errc::external_limit: return "external_limit";
    case Errc::timer_limit: return "timer_limit";
    case Errc::pending_limit: return "pending_limit";
    case Errc::rate_limit: return "rate_limit";
    case Errc::quota: return "quota";
    case Errc::crashed: return "crashed";
    case Errc::cancelled: return "cancelled";
    case Errc::unloaded: return "unloaded";
    case Errc::no_such_export: return "no_such_export";
    case Errc::not_supported: return "not_supported";
    case Errc::io: return "io";
    case Errc::internal: return "internal";
  }
  return "internal";
}

std::string to_string(const SourceLocation& location) {
  std::string text = location.file;
  if (location.line != 0) text += ":" + std::to_string(location.line);
  if (location.line != 0 && location.column != 0) text += ":" + std::to_string(location.column);
  return text;
}

Error::Error(Errc code, std::string message)
    : state_(std::make_shared<const State>(State{code, std::move(message), {}, {}, {}, {}, {}, {}})) {}

const Error::State& Error::state() const noexcept {
  static const State kNone;
  return state_ ? *state_ : kNone;
}

Errc Error::code() const noexcept { return state().code; }
const std::string& Error::message() const noexcept { return state().message; }
const std::optional<SourceLocation>& Error::where() const noexcept { return state().where; }
const std::string& Error::class_name() const noexcept { return state().class_name; }
const std::string& Error::plugin_code() const noexcept { return state().plugin_code; }
const std::vector<StackFrame>& Error::frames() const noexcept { return state().frames; }
const Error* Error::cause() const noexcept { return state().cause.get(); }
const std::vector<Error>& Error::more() const noexcept { return state().more; }

// The state is shared and immutable, so a change is made on a copy.
Error::State& Error::change() {
  auto copy = std::make_shared<State>(state());
  State& state = *copy;
  state_ = std::move(copy);
  return state;
}

Error Error::at(SourceLocation location) && {
  change().where = std::move(location);
  return std::move(*this);
}

Error Error::of_class(std::string class_name) && {
  change().class_name = std::move(class_name);
  return std::move(*this);
}

Error Error::with_plugin_code(std::string code) && {
  change().plugin_code = std::move(code);
  return std::move(*this);
}

Error Error::with_frames(std::vector<StackFrame> frames) && {
  change().frames = std::move(frames);
  return std::move(*this);
}

Error Error::because(Error cause) && {
  change().cause = std::make_shared<const Error>(std::move(cause));
  return std::move(*this);
}

Error Error::with_more(std::vector<Error> more) && {
  change().more = std::move(more);
  return std::move(*this);
}

std::string to_string(const Error& error) {
  std::string text;
  if (error.where()) text = to_string(*error.where()) + ": ";
  text += "error[" + std::string(to_string(error.code())) + "]: ";
  if (!error.class_name().empty()) text += error.class_name() + ": ";
  return escape_controls(text + error.message());
}

}  // namespace cloche
