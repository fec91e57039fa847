#include <cloche/boundary.h>

#include "text/ecma_text.h"

namespace cloche {
namespace {

// What the error says was found: the word for its kind, or the value itself where the kind is right and the
// value is not.
std::string describe(ValueReader& reader, ValueRef value, std::string_view expected) {
  const ValueKind kind = reader.kind(value);
  const auto speaks_of = [&](std::string_view word) { return expected.find(word) != std::string_view::npos; };
  if (kind == ValueKind::number && (speaks_of("integer") || speaks_of("number"))) {
    double number = 0;
    static_cast<void>(reader.number(value, number));
    return text::number_text(number);
  }
  std::string content;
  if (kind == ValueKind::string && expected.starts_with('"') && reader.string(value, content)) {
    return '"' + text::excerpt(content, 40) + '"';
  }
  if (kind == ValueKind::date && expected == "a valid Date") return "an invalid one";
  return std::string(to_string(kind));
}

// Puts `part` before `path`. The names are the plugin's, so the whole stays short: what is dropped is the
// innermost.
void prepend(std::string& path, std::string part) {
  constexpr std::size_t kMaxPath = 256;
  if (!path.empty() && path.front() != '[') part += '.';
  path.insert(0, part);
  if (path.size() > kMaxPath) path = text::excerpt(path, kMaxPath - 8);
}

}  // namespace

bool Inward::mismatch(std::string_view expected, ValueRef found) {
  mismatch_ = std::make_unique<Mismatch>(
      Mismatch{{}, std::string(expected), describe(reader_, found, expected), Errc::invalid_argument});
  return false;
}

bool Inward::too_deep() {
  reader_.note_too_deep();
  mismatch_ =
      std::make_unique<Mismatch>(Mismatch{{},
                                          "a value at most " + std::to_string(kMaxDepth) + " levels deep",
                                          "a deeper or cyclic one",
                                          Errc::size_limit});
  return false;
}

bool Inward::in_member(std::string_view name) {
  if (mismatched()) {
    constexpr std::size_t kMaxName = 40;
    prepend(mismatch_->path, text::is_identifier(name) && name.size() <= kMaxName
                                 ? std::string(name)
                                 : "[\"" + text::excerpt(name, kMaxName) + "\"]");
  }
  return false;
}

bool Inward::in_element(std::size_t index) {
  if (mismatched()) prepend(mismatch_->path, "[" + std::to_string(index) + "]");
  return false;
}

}  // namespace cloche
