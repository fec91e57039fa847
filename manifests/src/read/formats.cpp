#include "formats.h"

#include "../shown.h"

#include <algorithm>
#include <vector>

namespace cloche::read {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLowerDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kLowerDigitsDash = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
constexpr std::string_view kFacetCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
constexpr std::string_view kBase64 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

bool only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Not empty, its first character one of `first`, the others of `rest`.
bool is_word(std::string_view text, std::string_view first, std::string_view rest) {
  return !text.empty() && first.find(text.front()) != std::string_view::npos && only(text.substr(1), rest);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool has_suffix(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

Complaint unless(bool good, std::string_view text, std::string_view what) {
  if (good) return std::nullopt;
  return shown(text) + " is not " + std::string(what);
}

// Lower-case words with single dashes between them.
bool is_id_part(std::string_view part, bool first) {
  const auto words = split(part, '-');
  const bool good = std::all_of(words.begin(), words.end(), [](std::string_view word) {
    return is_word(word, kLowerDigits, kLowerDigits);
  });
  return good && (!first || kLower.find(part.front()) != std::string_view::npos);
}

bool is_facets(std::string_view text) {
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return is_word(part, kLower, kFacetCharacters); });
}

// 32 bytes are 43 characters of base64 and one '='.
bool is_32_bytes(std::string_view text) {
  return text.size() == 44 && text.back() == '=' && only(text.substr(0, 43), kBase64);
}

bool is_key(std::string_view text) { return has_prefix(text, "ed25519:") && is_32_bytes(text.substr(8)); }

}  // namespace

Complaint check_id(std::string_view text) {
  const auto parts = split(text, '.');
  bool good = parts.size() >= 2;
  for (std::size_t i = 0; good && i < parts.size(); ++i) good = is_id_part(parts[i], i == 0);
  return unless(good, text,
                "a plugin id; write a reverse DNS name in lower case, such as com.acme.git-helper");
}

Complaint check_publisher_key(std::string_view text) {
  return unless(is_key(text), text,
                "a publisher's key; write 'ed25519:' and 32 bytes in base64 (44 characters)");
}

Complaint check_key_or_none(std::string_view text) {
  if (text == "none") return std::nullopt;
  return unless(is_key(text), text,
                "a publisher's key; write 'ed25519:' and 32 bytes in base64 (44 characters), or none");
}

Complaint check_capability(std::string_view text) {
  return unless(is_facets(text), text,
                "a capability; write a module such as storage or a facet such as fs.read");
}

Complaint check_capability_pattern(std::string_view text) {
  const bool facets = has_suffix(text, ".*") ? is_facets(text.substr(0, text.size() - 2)) : is_facets(text);
  return unless(text == "*" || facets, text, "a capability or pattern; write one such as fs.read, fs.* or *");
}

Complaint check_plugin_pattern(std::string_view text) {
  const bool good = !text.empty() && only(text, "abcdefghijklmnopqrstuvwxyz0123456789.*-");
  return unless(good, text, "a plugin id or pattern; write one such as com.acme.git-helper, com.acme.* or *");
}

Complaint check_interface(std::string_view text) {
  const std::size_t colon = text.find(':');
  bool good = colon != std::string_view::npos && is_word(text.substr(0, colon), kLower, kLowerDigitsDash);
  const auto parts = split(good ? text.substr(colon + 1) : text, '/');
  good = good && parts.size() >= 2;
  for (const std::string_view part : parts) good = good && is_word(part, kLower, kLowerDigitsDash);
  return unless(good, text, "an interface; write one such as acme:git/blame");
}

Complaint check_command(std::string_view text) {
  return unless(is_word(text, kLetters, kNameCharacters), text,
                "a command's name; write one such as git.blame");
}

Complaint check_activation(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const bool named = colon != std::string_view::npos && (kind == "onCommand" || kind == "onEvent") &&
                     is_word(text.substr(colon + 1), kLetters, kNameCharacters);
  return unless(text == "onStartup" || named, text,
                "an activation; write onStartup, onCommand:ID or onEvent:NAME, such as onEvent:file.open");
}

Complaint check_digest(std::string_view text) {
  const bool good = has_prefix(text, "sha256-") && is_32_bytes(text.substr(7));
  return unless(good, text, "a digest; write 'sha256-' and the SHA-256 digest in base64 (44 characters)");
}

Complaint check_manifest_digest(std::string_view text) {
  const bool good =
      has_prefix(text, "sha256:") && text.size() == 71 && only(text.substr(7), "0123456789abcdef");
  return unless(good, text, "a manifest's digest; write 'sha256:' and 64 hexadecimal digits");
}

Complaint check_set_name(std::string_view text) {
  return unless(text.size() <= 64 && is_word(text, kLower, kLowerDigitsDash), text,
                "a set's name; write one such as ro-workspace");
}

Complaint check_folder(std::string_view text) {
  const bool good = has_prefix(text, "/") && text.find_first_of("\t\n\r") == std::string_view::npos;
  return unless(good, text, "a folder's absolute path; write one such as /home/ann/project");
}

Complaint check_path(std::string_view text) {
  if (text.empty()) return "this path is empty; write one inside the plugin's folder";
  if (text.front() == '/') return shown(text) + " is absolute; write a path relative to the plugin's folder";
  if (text.find('\\') != std::string_view::npos)
    return shown(text) + " has a backslash; write '/' between parts";
  for (const std::string_view part : split(text, '/')) {
    if (part == "..")
      return shown(text) + " leads upwards; write a path inside the plugin's folder, without '..'";
    if (part == "." || part.empty())
      return shown(text) + " has an empty part; write it without './' and '//'";
  }
  return unless(text.find_first_of("\t\n\r") == std::string_view::npos, text,
                "a path; leave out tabs and line ends");
}

Complaint check_main(std::string_view text) {
  if (auto complaint = check_path(text)) return complaint;
  for (const std::string_view ending : {".js", ".mjs", ".cjs", ".ts", ".tsx", ".wasm"}) {
    if (has_suffix(text, ending)) return std::nullopt;
  }
  return shown(text) + " is no module; name a .js, .mjs, .cjs, .ts, .tsx or .wasm file";
}

}  // namespace cloche::read
