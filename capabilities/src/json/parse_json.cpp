#include <algorithm>
#include <cctype>
#include <cloche/json.h>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "text/ecma_text.h"

namespace cloche {
namespace {

constexpr std::size_t kMaxDepth = 200;

// Line and column, in code points, of a byte of `text`.
SourceLocation location_of(std::string_view text, std::size_t offset) {
  SourceLocation where{{}, 1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++where.line;
      where.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++where.column;
    }
  }
  return where;
}

// The bracket that opens one level too many. Called on text whose brackets are known to be well formed so
// far.
std::size_t too_deep_at(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if ((c == '[' || c == '{') && ++depth > kMaxDepth) return i;
    if (c == ']' || c == '}') --depth;
  }
  return text.size();
}

// Of entries with one name the last value stays, in the place of the first, as in an ECMAScript object.
void drop_duplicates(Object& object) {
  std::unordered_map<std::string_view, std::size_t> first;
  std::vector<std::size_t> dropped;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const auto [known, fresh] = first.emplace(object[i].first, i);
    if (fresh) continue;
    object[known->second].second = std::move(object[i].second);
    dropped.push_back(i);
  }
  for (auto i = dropped.rbegin(); i != dropped.rend(); ++i) {
    object.erase(object.begin() + static_cast<std::ptrdiff_t>(*i));
  }
}

// The word of the library's message that says why: between the rule it was reading and the token it last saw.
std::string reason_in(std::string_view message) {
  const std::size_t dash = message.find(" - ");
  if (dash == std::string_view::npos) return "a number is out of range";
  message.remove_prefix(dash + 3);
  return std::string(message.substr(0, message.find(';')));
}

// Where the token begins that ends just before `end` and could not be used. The library tells where it
// stopped reading, and `shown`, the text since the last string or number began, with a control character as
// "<U+000A>".
std::size_t token_start(std::string_view text, std::size_t end, std::string_view shown,
                        std::string_view reason) {
  if (reason.starts_with("unexpected string") && shown.size() <= end) return end - shown.size();
  std::size_t start = end == 0 ? 0 : end - 1;
  if (reason.starts_with("invalid string")) return start;
  const auto in_word = [&](std::size_t i) { return std::isalnum(static_cast<unsigned char>(text[i])) != 0; };
  while (start > 0 && (in_word(start - 1) || text[start - 1] == '-' || text[start - 1] == '.')) --start;
  return start;
}

class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  [[nodiscard]] Result<Value> take(bool good) {
    if (good) return std::move(root_);
    return std::move(error_);
  }

  bool null() override { return add(Null()); }
  bool boolean(bool value) override { return add(value); }
  // Only text that begins with '-' comes here, so a zero is a negative one.
  bool number_integer(std::int64_t value) override {
    return add(value == 0 ? -0.0 : static_cast<double>(value));
  }
  bool number_unsigned(std::uint64_t value) override { return add(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool key(std::string& name) override {
    open_.back()->as<Object>()->emplace_back(std::move(name), Value());
    return true;
  }
  bool start_object(std::size_t) override { return open(Object()); }
  bool start_array(std::size_t) override { return open(Array()); }
  bool end_object() override {
    drop_duplicates(*open_.back()->as<Object>());
    return end_array();
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& problem) override {
    const bool ended = position > text_.size();  // the end of the text counts as a character that was read
    const std::string reason =
        ended ? "the text ends too early" : text::excerpt(reason_in(problem.what()), 120);
    const std::size_t start = ended ? text_.size() : token_start(text_, position, token, reason);
    error_ = Error(Errc::invalid_argument, "this is not valid JSON: " + reason).at(location_of(text_, start));
    return false;
  }

 private:
  // Where the next value belongs: containers are filled in place, and only the innermost one grows, so the
  // pointers to those around it stay good.
  Value& place() {
    if (open_.empty()) return root_;
    if (auto* array = open_.back()->as<Array>()) return array->emplace_back();
    return open_.back()->as<Object>()->back().second;
  }

  bool add(Value value) {
    place() = std::move(value);
    return true;
  }

  bool open(Value container) {
    if (open_.size() == kMaxDepth) {
      error_ = Error(Errc::invalid_argument,
                     "this JSON is nested more than " + std::to_string(kMaxDepth) + " levels deep")
                   .at(location_of(text_, too_deep_at(text_)));
      return false;
    }
    Value& value = place();
    value = std::move(container);
    open_.push_back(&value);
    return true;
  }

  std::string_view text_;
  Value root_;
  std::vector<Value*> open_;
  Error error_;
};

}  // namespace

Result<Value> parse_json(std::string_view text) {
  Builder builder(text);
  const bool good = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take(good);
}

}  // namespace cloche
