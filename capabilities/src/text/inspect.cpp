#include <algorithm>
#include <cmath>

#include "text/ecma_text.h"

namespace cloche {
namespace {

constexpr std::size_t kMaxElements = 100;
constexpr std::size_t kMaxString = 10'000;

std::string escaped_for(char quote, std::string_view content) {
  std::string out;
  for (const char c : content) {
    if (c == quote || c == '\\') out += '\\';
    out += c;
  }
  return text::excerpt(out, out.size());
}

std::string quoted(std::string_view content) {
  const auto has = [&](char c) { return content.find(c) != std::string_view::npos; };
  const char quote = !has('\'') ? '\'' : !has('"') ? '"' : !has('`') ? '`' : '\'';
  const std::string_view shown = content.substr(0, std::min(content.size(), kMaxString));
  std::string out = quote + escaped_for(quote, shown) + quote;
  const std::size_t more = content.size() - shown.size();
  if (more != 0) out += "... " + std::to_string(more) + " more bytes";
  return out;
}

std::string more_items(std::size_t count) {
  return "... " + std::to_string(count) + (count == 1 ? " more item" : " more items");
}

std::string error_line(const ErrorValue& error) {
  const std::string name = error.name.empty() ? "Error" : error.name;
  return error.message.empty() ? name : name + ": " + error.message;
}

std::string joined(const std::vector<std::string>& parts, char open, char close) {
  std::string out(1, open);
  for (const std::string& part : parts) out += (&part == &parts.front() ? " " : ", ") + part;
  return out + (parts.empty() ? "" : " ") + close;
}

class Inspector {
 public:
  explicit Inspector(int depth) noexcept : depth_(depth) {}

  [[nodiscard]] std::string top(const Value& value) const {
    if (const auto* content = value.as<std::string>()) return *content;
    const auto* error = value.as<ErrorValue>();
    if (error == nullptr) return any(value, 0);
    const std::string line = error_line(*error);
    if (error->stack.starts_with(line)) return error->stack;
    return error->stack.empty() ? line : line + '\n' + error->stack;
  }

 private:
  [[nodiscard]] std::string any(const Value& value, int level) const {
    switch (value.kind()) {
      case ValueKind::undefined: return "undefined";
      case ValueKind::null: return "null";
      case ValueKind::boolean: return *value.as<bool>() ? "true" : "false";
      case ValueKind::number: return number(*value.as<double>());
      case ValueKind::bigint: return big(*value.as<BigInt>());
      case ValueKind::string: return quoted(*value.as<std::string>());
      case ValueKind::date: return text::date_text(value.as<Date>()->milliseconds).value_or("Invalid Date");
      case ValueKind::error: return "[" + error_line(*value.as<ErrorValue>()) + "]";
      case ValueKind::function: return function(*value.as<Function>());
      case ValueKind::bytes: return bytes(*value.as<Bytes>(), level);
      case ValueKind::array: return array(*value.as<Array>(), level);
      case ValueKind::object: return object(*value.as<Object>(), level);
    }
    return {};
  }

  static std::string number(double value) {
    return value == 0 && std::signbit(value) ? "-0" : text::number_text(value);
  }

  static std::string big(const BigInt& value) {
    return text::bigint_text(value).value_or(text::excerpt(text::bigint_hex(value), kMaxString)) + "n";
  }

  static std::string function(const Function& value) {
    const std::string name = value.name();
    return name.empty() ? "[Function (anonymous)]" : "[Function: " + text::excerpt(name, 100) + "]";
  }

  [[nodiscard]] std::string bytes(const Bytes& value, int level) const {
    const std::string name = "Uint8Array(" + std::to_string(value.size()) + ") ";
    if (!value.empty() && level > depth_) return "[Uint8Array]";
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < std::min(value.size(), kMaxElements); ++i)
      parts.push_back(std::to_string(value[i]));
    if (value.size() > kMaxElements) parts.push_back(more_items(value.size() - kMaxElements));
    return name + joined(parts, '[', ']');
  }

  [[nodiscard]] std::string array(const Array& value, int level) const {
    if (!value.empty() && level > depth_) return "[Array]";
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < std::min(value.size(), kMaxElements); ++i)
      parts.push_back(any(value[i], level + 1));
    if (value.size() > kMaxElements) parts.push_back(more_items(value.size() - kMaxElements));
    return joined(parts, '[', ']');
  }

  [[nodiscard]] std::string object(const Object& value, int level) const {
    if (!value.empty() && level > depth_) return "[Object]";
    std::vector<std::string> parts;
    for (const auto& [name, member] : value) {
      parts.push_back((text::is_identifier(name) ? name : quoted(name)) + ": " + any(member, level + 1));
    }
    return joined(parts, '{', '}');
  }

  int depth_;
};

}  // namespace

std::string inspect(const Value& value, int depth) { return Inspector(depth).top(value); }

}  // namespace cloche
