#include <algorithm>
#include <cloche/json.h>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text/base64.h"
#include "text/ecma_text.h"

namespace cloche {
namespace {

std::string json_string(std::string_view content) {
  return nlohmann::json(content).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_absent(const Value& value) { return value.is<Undefined>() || value.is<Function>(); }

class Writer {
 public:
  explicit Writer(int indent) : indent_(static_cast<std::size_t>(std::clamp(indent, 0, 10))) {}

  bool write(const Value& value) {
    switch (value.kind()) {
      case ValueKind::undefined:
      case ValueKind::null:
      case ValueKind::function: return put("null");
      case ValueKind::boolean: return put(*value.as<bool>() ? "true" : "false");
      case ValueKind::number: return number(*value.as<double>());
      case ValueKind::bigint: return bigint(*value.as<BigInt>());
      case ValueKind::string: return put(json_string(*value.as<std::string>()));
      case ValueKind::date: return date(*value.as<Date>());
      case ValueKind::bytes: return object({{"type", "bytes"}, {"base64", text::base64(*value.as<Bytes>())}});
      case ValueKind::error: return error(*value.as<ErrorValue>());
      case ValueKind::array: return array(*value.as<Array>());
      case ValueKind::object: return object(*value.as<Object>());
    }
    return false;
  }

  [[nodiscard]] Result<std::string> take(bool good) {
    if (good) return std::move(out_);
    return std::move(error_);
  }

 private:
  bool put(std::string_view text) {
    out_ += text;
    return true;
  }

  bool fail(std::string message) {
    error_ = Error(Errc::size_limit, std::move(message));
    return false;
  }

  bool number(double value) { return put(std::isfinite(value) ? text::number_text(value) : "null"); }

  bool bigint(const BigInt& value) {
    const auto digits = text::bigint_text(value);
    return digits ? put('"' + *digits + '"')
                  : fail("a bigint of more than 65,536 bits cannot be written as JSON");
  }

  bool date(Date value) {
    const auto text = text::date_text(value.milliseconds);
    return put(text ? json_string(*text) : "null");
  }

  bool error(const ErrorValue& value) {
    Object members{{"name", value.name}, {"message", value.message}};
    if (!value.code.empty()) members.emplace_back("code", value.code);
    return object(members);
  }

  bool array(const Array& array) {
    bool first = true;
    if (!open('[')) return false;
    for (const Value& element : array) {
      next(first);
      if (!write(element)) return false;
    }
    return close(']', first);
  }

  bool object(const Object& object) {
    bool first = true;
    if (!open('{')) return false;
    for (const auto& [name, value] : object) {
      if (is_absent(value)) continue;
      next(first);
      out_ += json_string(name) + (indent_ == 0 ? ":" : ": ");
      if (!write(value)) return false;
    }
    return close('}', first);
  }

  bool open(char bracket) {
    constexpr std::size_t kMaxDepth = 200;
    if (depth_++ == kMaxDepth) return fail("a value of more than 200 levels cannot be written as JSON");
    out_ += bracket;
    return true;
  }

  bool close(char bracket, bool empty) {
    --depth_;
    if (!empty) break_line();
    out_ += bracket;
    return true;
  }

  void next(bool& first) {
    if (!std::exchange(first, false)) out_ += ',';
    break_line();
  }

  void break_line() {
    if (indent_ != 0) out_ += '\n' + std::string(indent_ * depth_, ' ');
  }

  std::size_t indent_;
  std::size_t depth_ = 0;
  std::string out_;
  Error error_;
};

}  // namespace

Result<std::string> to_json(const Value& value, int indent) {
  Writer writer(indent);
  const bool good = writer.write(value);
  return writer.take(good);
}

}  // namespace cloche
