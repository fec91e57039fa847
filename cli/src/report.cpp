#include "report.h"

#include <cloche/json.h>
#include <cloche/text.h>
#include <iostream>
#include <utility>

namespace cloche::cli {
namespace {

void add_location(Object& object, const SourceLocation& location) {
  if (!location.file.empty()) object.emplace_back("file", location.file);
  if (location.line != 0) object.emplace_back("line", static_cast<double>(location.line));
  if (location.column != 0) object.emplace_back("column", static_cast<double>(location.column));
}

Value frame_document(const StackFrame& frame) {
  Object object{{"function", frame.function}};
  add_location(object, frame.location);
  return object;
}

template <class T>
void add_list(Object& object, std::string name, const std::vector<T>& elements,
              Value (*document_of)(const T&)) {
  if (elements.empty()) return;
  Array array;
  for (const T& element : elements) array.push_back(document_of(element));
  object.emplace_back(std::move(name), std::move(array));
}

std::string line_of(const Error& error) {
  std::string line = "cloche: error[" + std::string(to_string(error.code())) + "]: ";
  if (error.where() && !to_string(*error.where()).empty()) line += to_string(*error.where()) + ": ";
  if (!error.class_name().empty()) line += error.class_name() + ": ";
  line += error.message();
  if (const auto others = error.more().size(); others > 0) {
    line += " (and " + std::to_string(others) + " more: cloche check shows all)";
  }
  return escape_controls(line);
}

// A document of ours is always JSON; a plugin's value may be too deep for it.
ExitCode print(const Value& document, const Report& report) {
  const auto text = to_json(document);
  if (!text) return report.fail(text.error());
  std::cout << *text << '\n' << std::flush;
  return ExitCode::done;
}

}  // namespace

Value to_document(const SourceLocation& location) {
  Object object;
  add_location(object, location);
  return object;
}

Value to_document(const Error& error) {
  Object object{{"code", to_string(error.code())}, {"message", error.message()}};
  if (error.where()) add_location(object, *error.where());
  if (!error.class_name().empty()) object.emplace_back("class", error.class_name());
  if (!error.plugin_code().empty()) object.emplace_back("plugin_code", error.plugin_code());
  add_list(object, "frames", error.frames(), frame_document);
  if (error.cause() != nullptr) object.emplace_back("cause", to_document(*error.cause()));
  add_list<Error>(object, "more", error.more(), to_document);
  return object;
}

ExitCode Report::tell(const Value& document, std::string_view text, ExitCode code) const {
  if (!json_) {
    std::cout << text << std::flush;
    return code;
  }
  const ExitCode printed = print(document, *this);
  return printed == ExitCode::done ? code : printed;
}

ExitCode Report::result(const Value& value) const {
  const bool nothing = value.is<Undefined>();
  if (!json_) return nothing ? ExitCode::done : print(value, *this);
  return print(nothing ? Value(Object{}) : Value(Object{{"value", value}}), *this);
}

ExitCode Report::fail(const Error& error) const {
  if (json_) (void)print(Object{{"error", to_document(error)}}, *this);
  std::cerr << line_of(error) + '\n' << std::flush;
  return exit_code(error.code());
}

ExitCode Report::misused(const std::string& message) const {
  if (json_) (void)print(Object{{"error", Object{{"code", "usage"}, {"message", message}}}}, *this);
  std::cerr << "cloche: error[usage]: " + escape_controls(message) + '\n' << std::flush;
  return ExitCode::usage;
}

}  // namespace cloche::cli
