#include "places.h"

#include <string_view>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr std::string_view kScheme = "plugin://";

// The path of `plugin://ID/path`.
std::string_view path_in_package(std::string_view resource) {
  const std::string_view rest = resource.substr(kScheme.size());
  const auto slash = rest.find('/');
  return slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
}

}  // namespace

Places Places::in_folder(std::string folder) {
  Places places;
  places.kind_ = Kind::folder;
  places.name_ = std::move(folder);
  if (!places.name_.ends_with('/')) places.name_ += '/';
  return places;
}

Places Places::of_program(std::string name, std::uint32_t lines_before) {
  Places places;
  places.kind_ = Kind::program;
  places.name_ = std::move(name);
  places.lines_before_ = lines_before;
  return places;
}

SourceLocation Places::shown(SourceLocation location) const {
  if (kind_ == Kind::as_is || !location.file.starts_with(kScheme)) return location;
  if (kind_ == Kind::folder) {
    location.file = name_ + std::string(path_in_package(location.file));
    return location;
  }
  location.file = name_;
  if (location.line > lines_before_) location.line -= lines_before_;
  return location;
}

Error Places::shown(const Error& error) const {
  Error result =
      Error(error.code(), error.message()).of_class(error.class_name()).with_plugin_code(error.plugin_code());
  if (error.where()) result = std::move(result).at(shown(*error.where()));
  std::vector<StackFrame> frames = error.frames();
  for (StackFrame& frame : frames) frame.location = shown(std::move(frame.location));
  result = std::move(result).with_frames(std::move(frames));
  if (error.cause() != nullptr) result = std::move(result).because(shown(*error.cause()));
  std::vector<Error> more;
  for (const Error& other : error.more()) more.push_back(shown(other));
  return std::move(result).with_more(std::move(more));
}

}  // namespace cloche::cli
