#include "fs/path_pattern.h"

#include <algorithm>

#include "text/ecma_text.h"

namespace cloche::fs {
namespace {

constexpr std::size_t kMaxPath = 4096;

std::string shown(std::string_view text) { return "'" + text::excerpt(text, 200) + "'"; }

Result<void> check_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return Error(Errc::invalid_argument, "a path must not contain a NUL character");
  }
  if (text.size() > kMaxPath) return Error(Errc::invalid_argument, "a path is at most 4096 bytes long");
  return {};
}

// Calls `f` with each part between slashes that is not empty, until it answers with an error.
template <class F>
Result<void> for_each_part(std::string_view text, F f) {
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(std::min(slash + 1, text.size()));
    if (part.empty()) continue;
    Result<void> done = f(part);
    if (!done) return done;
  }
  return {};
}

// Splits "$NAME/rest" into NAME and "/rest".
std::pair<std::string_view, std::string_view> split_variable(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  return {text.substr(1, slash - 1), text.substr(slash)};
}

Error unknown_folder(std::string_view name, const Folders& folders) {
  std::string known;
  for (const auto& [folder, unused] : folders) known += (known.empty() ? "$" : ", $") + folder;
  const std::string hint = known.empty() ? "it names none" : "it names " + known;
  return {Errc::invalid_argument, "this host names no folder $" + text::excerpt(name, 60) + "; " + hint};
}

std::size_t code_point_length(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return end - at;
}

}  // namespace

bool begins_with(const PathParts& path, const PathParts& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

std::string join(const PathParts& parts) {
  std::string path;
  for (const std::string& part : parts) path += "/" + part;
  return parts.empty() ? "/" : path;
}

Result<PathParts> split(std::string_view path) {
  auto checked = check_text(path);
  if (!checked) return checked.error();
  PathParts parts;
  auto done = for_each_part(path, [&](std::string_view part) -> Result<void> {
    if (part == ".") return {};
    if (part != "..") {
      parts.emplace_back(part);
      return {};
    }
    if (parts.empty()) return Error(Errc::not_capable, shown(path) + " leads outside its folder");
    parts.pop_back();
    return {};
  });
  if (!done) return done.error();
  return parts;
}

Result<PathParts> resolve_name(std::string_view name, const Folders& folders) {
  if (name.empty()) return Error(Errc::invalid_argument, "a path must not be empty");
  const bool absolute = name.front() == '/';
  const bool variable = name.front() == '$';
  const auto [folder, rest] =
      variable ? split_variable(name) : std::pair(std::string_view("WORKSPACE"), name);
  auto parts = split(rest);
  if (!parts) return parts;
  if (!absolute) {
    const auto found = folders.find(folder);
    if (found == folders.end()) return unknown_folder(folder, folders);
    parts->insert(parts->begin(), found->second.real.begin(), found->second.real.end());
    return parts;
  }
  for (const auto& [unused, known] : folders) {
    if (!begins_with(*parts, known.written)) continue;
    parts->erase(parts->begin(), parts->begin() + static_cast<std::ptrdiff_t>(known.written.size()));
    parts->insert(parts->begin(), known.real.begin(), known.real.end());
    break;
  }
  return parts;
}

Result<PathPattern> PathPattern::parse(std::string_view text, const Folders& folders) {
  auto checked = check_text(text);
  if (!checked) return checked.error();
  if (text.empty() || (text.front() != '/' && text.front() != '$')) {
    return Error(Errc::invalid_argument, "the path pattern " + shown(text) +
                                             " must begin with a folder such as $WORKSPACE, or with '/'");
  }
  PathPattern pattern;
  std::string_view rest = text;
  if (text.front() == '$') {
    const auto [name, after] = split_variable(text);
    const auto found = folders.find(name);
    if (found == folders.end()) return unknown_folder(name, folders);
    rest = after;
    pattern.root_ = found->second.real;
    for (const std::string& part : pattern.root_) pattern.parts_.push_back({Part::Kind::literal, part});
  }
  auto added = for_each_part(rest, [&](std::string_view part) { return pattern.add(part); });
  if (!added)
    return Error(added.error().code(), "in the path pattern " + shown(text) + ": " + added.error().message());
  if (text.front() == '$') return pattern;
  // The last part, where it is no wildcard, is the file itself: the root is the folder it lies in.
  for (std::size_t i = 0; i + 1 < pattern.parts_.size() && pattern.parts_[i].kind == Part::Kind::literal;
       ++i) {
    pattern.root_.push_back(pattern.parts_[i].text);
  }
  return pattern;
}

Result<void> PathPattern::add(std::string_view part) {
  if (part == "." || part == "..")
    return Error(Errc::invalid_argument, "'.' and '..' mean nothing; leave them out");
  if (part.find_first_of("[]{}") != std::string_view::npos) {
    return Error(Errc::invalid_argument,
                 "'[', ']', '{' and '}' are not supported; write a rule for each alternative, "
                 "or '?' where a file's name has one");
  }
  if (part == "**") {
    // Two in a row mean no more than one.
    if (parts_.empty() || parts_.back().kind != Part::Kind::any_depth)
      parts_.push_back({Part::Kind::any_depth, {}});
    return {};
  }
  if (part.find("**") != std::string_view::npos) {
    return Error(Errc::invalid_argument, "'**' must stand alone between slashes");
  }
  const bool glob = part.find_first_of("*?") != std::string_view::npos;
  parts_.push_back({glob ? Part::Kind::glob : Part::Kind::literal, std::string(part)});
  return {};
}

bool glob_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t after_star = std::string_view::npos;  // where to go on when the last '*' must take one more
  std::size_t star_end = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = n;
    } else if (p < pattern.size() && pattern[p] == '?') {
      n += code_point_length(name, n);
      ++p;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (after_star != std::string_view::npos) {
      star_end += code_point_length(name, star_end);
      n = star_end;
      p = after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool PathPattern::part_matches(const Part& part, std::string_view name) {
  return part.kind == Part::Kind::literal ? part.text == name : glob_matches(part.text, name);
}

// The same walk as glob_matches, a level up: parts for characters, and "**" for the star.
bool PathPattern::matches_first(const PathParts& path, std::size_t count) const {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t after_star = parts_.size() + 1;
  std::size_t star_end = 0;
  while (n < count) {
    if (p < parts_.size() && parts_[p].kind == Part::Kind::any_depth) {
      after_star = ++p;
      star_end = n;
    } else if (p < parts_.size() && part_matches(parts_[p], path[n])) {
      ++p;
      ++n;
    } else if (after_star <= parts_.size()) {
      n = ++star_end;
      p = after_star;
    } else {
      return false;
    }
  }
  while (p < parts_.size() && parts_[p].kind == Part::Kind::any_depth) ++p;
  return p == parts_.size();
}

bool PathPattern::matches(const PathParts& path) const { return matches_first(path, path.size()); }

bool PathPattern::covers(const PathParts& path) const {
  for (std::size_t count = 0; count <= path.size(); ++count) {
    if (matches_first(path, count)) return true;
  }
  return false;
}

}  // namespace cloche::fs
