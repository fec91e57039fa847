#include "scalar.h"

#include "../shown.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace cloche::yaml {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_null(std::string_view t) { return t.empty() || one_of(t, {"~", "null", "Null", "NULL"}); }
bool is_true(std::string_view t) { return one_of(t, {"true", "True", "TRUE"}); }
bool is_false(std::string_view t) { return one_of(t, {"false", "False", "FALSE"}); }

// The words that are booleans in YAML 1.1 and texts in YAML 1.2.
bool is_yes(std::string_view t) { return one_of(t, {"yes", "Yes", "YES", "on", "On", "ON"}); }
bool is_no(std::string_view t) { return one_of(t, {"no", "No", "NO", "off", "Off", "OFF"}); }
bool is_yes_or_no(std::string_view t) { return is_yes(t) || is_no(t) || one_of(t, {"y", "Y", "n", "N"}); }

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

// [0-9]* with at most one '.', then an exponent or none; at least one digit before the exponent.
bool is_decimal(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  const auto dots = std::count(mantissa.begin(), mantissa.end(), '.');
  const bool digits =
      std::all_of(mantissa.begin(), mantissa.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (!digits || dots > 1 || mantissa.size() == static_cast<std::size_t>(dots)) return false;
  return e == std::string_view::npos || all_digits(without_sign(text.substr(e + 1)));
}

bool is_based(std::string_view text, char base, std::string_view digits) {
  return text.size() > 2 && text[0] == '0' && text[1] == base &&
         text.find_first_not_of(digits, 2) == std::string_view::npos;
}

// 1_000 and 12:30:45, numbers in YAML 1.1 and texts in YAML 1.2.
bool is_old_number(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return false;
  if (text.find_first_not_of("0123456789_") == std::string_view::npos) return true;
  return text.find_first_not_of("0123456789:") == std::string_view::npos && is_digit(text.back());
}

std::string quote_it(std::string_view text) {
  return "write \"" + std::string(text) + "\" in quotes if a text is meant";
}

std::optional<std::string> odd_number(std::string_view text) {
  const std::string_view bare = without_sign(text);
  if (all_digits(bare) && bare.size() > 1 && bare.front() == '0') {
    return shown(text) +
           " would be octal to some readers of YAML and decimal to others; leave the zeroes out, or " +
           quote_it(text);
  }
  if (is_based(bare, 'o', "01234567") || is_based(bare, 'b', "01_") ||
      is_based(bare, 'x', "0123456789abcdefABCDEF_")) {
    return shown(text) + " is a number in some readers of YAML only; write it in decimal, or " +
           quote_it(text);
  }
  if (is_old_number(bare) && !all_digits(bare)) {
    return shown(text) +
           " is a number to some readers of YAML and a text to others; write plain digits, or " +
           quote_it(text);
  }
  if (is_decimal(bare) && bare.find_first_of("eE") != std::string_view::npos) {
    return shown(text) +
           " is a number to some readers of YAML and a text to others; write it without an exponent, or " +
           quote_it(text);
  }
  if (one_of(bare, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"})) {
    return shown(text) + " is not a finite number; write a number, or " + quote_it(text);
  }
  return std::nullopt;
}

std::optional<std::string> resolve_integer(Node& node, std::string_view bare) {
  node.kind = Node::Kind::integer;
  node.negative = node.text.front() == '-';
  const auto [end, error] = std::from_chars(bare.data(), bare.data() + bare.size(), node.magnitude);
  constexpr std::uint64_t kMostNegative = std::uint64_t{1} << 63;
  if (error == std::errc() && (!node.negative || node.magnitude <= kMostNegative)) return std::nullopt;
  return "the number " + shown(node.text) +
         " is too large; write one of at most 64 bits, or put a text in quotes";
}

std::optional<std::string> resolve_real(Node& node) {
  node.kind = Node::Kind::real;
  const std::string_view digits =
      node.text.front() == '+' ? std::string_view(node.text).substr(1) : node.text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node.real);
  if (error == std::errc() && std::isfinite(node.real)) return std::nullopt;
  return "the number " + shown(node.text) + " is too large or too small; put it in quotes if a text is meant";
}

}  // namespace

std::optional<std::string> resolve_plain(Node& node) {
  const std::string_view text = node.text;
  node.kind = Node::Kind::text;
  if (is_null(text)) {
    node.kind = Node::Kind::null;
  } else if (is_true(text) || is_false(text)) {
    node.kind = Node::Kind::boolean;
    node.flag = is_true(text);
  } else if (is_yes_or_no(text)) {
    return shown(text) +
           " is true or false to some readers of YAML and a text to others; write true or false, or " +
           quote_it(text);
  } else if (auto odd = odd_number(text)) {
    return odd;
  } else if (const std::string_view bare = without_sign(text); all_digits(bare)) {
    return resolve_integer(node, bare);
  } else if (is_decimal(bare)) {
    return resolve_real(node);
  }
  return std::nullopt;
}

bool is_plain_text_key(const std::string& text) {
  if (is_yes(text) || is_no(text)) return false;
  Node node;
  node.text = text;
  if (text.size() == 1 && is_yes_or_no(text)) return true;  // x and y are coordinates more often than answers
  return !resolve_plain(node) && node.kind == Node::Kind::text;
}

}  // namespace cloche::yaml
