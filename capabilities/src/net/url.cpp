#include "net/url.h"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <memory>

#include "net/host_name.h"
#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr std::size_t kLongest = 8192;
// A name is decoded, mapped to ASCII, and may then be an address in disguise; more rounds than that nothing
// takes.
constexpr int kRounds = 5;

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Handle = std::unique_ptr<CURLU, FreeUrl>;

Error bad_url(std::string_view text, std::string_view why) {
  const std::string_view public_part = text.substr(0, std::min(text.find_first_of("?#"), text.size()));
  return {Errc::invalid_argument, "'" + text::excerpt(public_part, 200) + "' " + std::string(why)};
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, which == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) != CURLUE_OK)
    return {};
  const std::unique_ptr<char, void (*)(void*)> owned(text, [](void* p) { curl_free(p); });
  return text;
}

bool has_part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  const bool there = curl_url_get(url, which, &text, 0) == CURLUE_OK;
  curl_free(text);
  return there;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  const auto same = [](char a, char b) { return a == lower(b); };
  return text.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(), same) &&
         text[scheme.size()] != '/';
}

bool is_plain(unsigned char c) { return c > 0x20 && c != 0x7f && c != '\\'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, unsigned char c) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  out += '%';
  out += kDigits[c >> 4];
  out += kDigits[c & 15];
}

void append_byte(std::string& out, unsigned char c, bool was_encoded) {
  const bool encode =
      was_encoded
          ? !is_unreserved(c)
          : (c >= 0x80 || std::string_view("\"<>^`{|}").find(static_cast<char>(c)) != std::string_view::npos);
  if (encode) {
    append_encoded(out, c);
  } else {
    out += static_cast<char>(c);
  }
}

// Whether some reader, for whom an encoded slash is one, would find a part "." or ".." here.
bool climbs(std::string_view path) {
  std::string plain;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string_view next = path.substr(i, 3);
    const bool slash = next == "%2F" || next == "%5C";
    plain += slash ? '/' : path[i];
    if (slash) i += 2;
  }
  plain += '/';
  return plain.find("/./") != std::string::npos || plain.find("/../") != std::string::npos;
}

Handle with_text(const std::string& text) {
  Handle handle(curl_url());
  if (handle && curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) handle.reset();
  return handle;
}

Result<void> check_text(std::string_view text) {
  if (text.size() > kLongest) return bad_url(text, "is too long for a URL; at most 8192 bytes are read");
  if (!std::ranges::all_of(text, [](char c) { return is_plain(static_cast<unsigned char>(c)); }))
    return bad_url(text, "is no URL: it has a space, a backslash or a control character; encode it");
  if (!starts_with_scheme(text, "http://") && !starts_with_scheme(text, "https://"))
    return bad_url(text, "is no URL that can be fetched; write one that begins with https:// and a host");
  return {};
}

}  // namespace

Result<std::string> canonical_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c != '%') {
      append_byte(out, c, false);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0))
      return Error(Errc::invalid_argument,
                   "a '%' in a URL must be followed by two hexadecimal digits, not both 0");
    append_byte(out, static_cast<unsigned char>(high * 16 + low), true);
    i += 2;
  }
  return out;
}

// One reading, and what it comes to in the spelling of ours.
Result<Url> Url::read(const std::string& text) {
  const Handle handle = with_text(text);
  if (!handle) return bad_url(text, "is no URL; write one such as https://example.com/path");
  if (has_part(handle.get(), CURLUPART_USER) || has_part(handle.get(), CURLUPART_PASSWORD))
    return bad_url(text, "has credentials in it; send them in a header instead");
  if (has_part(handle.get(), CURLUPART_ZONEID))
    return bad_url(text, "has an address with a zone; leave that out");
  Url url;
  url.scheme_ = part(handle.get(), CURLUPART_SCHEME);
  std::ranges::transform(url.scheme_, url.scheme_.begin(), lower);
  auto host = canonical_host(part(handle.get(), CURLUPART_HOST));
  auto path = canonical_percent(part(handle.get(), CURLUPART_PATH));
  auto query = canonical_percent(part(handle.get(), CURLUPART_QUERY));
  if (!host) return host.error();
  if (!path || !query) return bad_url(text, (!path ? path : query).error().message());
  const std::string port = part(handle.get(), CURLUPART_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port_);
  const bool own_port = url.port_ == (url.scheme_ == "https" ? 443 : 80);
  url.host_ = std::move(*host);
  url.path_ = path->empty() ? "/" : std::move(*path);
  url.query_ = std::move(*query);
  url.text_ = url.scheme_ + "://" + url.host_ + (own_port ? "" : ":" + std::to_string(url.port_)) +
              url.path_ + (url.query_.empty() ? "" : "?" + url.query_);
  return url;
}

Result<Url> Url::parse(std::string_view text) {
  auto checked = check_text(text);
  if (!checked) return checked.error();
  std::string before(text);
  for (int round = 0; round < kRounds; ++round) {
    auto url = read(before);
    if (!url) return url;
    if (url->port_ == 0) return bad_url(text, "has no port that can be connected to");
    if (url->text_ != before) {
      before = url->text_;
      continue;
    }
    if (climbs(url->path_))
      return bad_url(text, "has '.' or '..' in its path in disguise; write where it leads");
    const bool v6 = url->host_.starts_with('[');
    url->address_ =
        Address::parse(v6 ? std::string_view(url->host_).substr(1, url->host_.size() - 2) : url->host_);
    return url;
  }
  return bad_url(text, "is read as a different URL each time; write it plainly");
}

Result<Url> Url::join(std::string_view reference) const {
  if (reference.size() > kLongest ||
      !std::ranges::all_of(reference, [](char c) { return is_plain(static_cast<unsigned char>(c)); }))
    return bad_url(reference, "is no reference to a URL");
  const Handle handle = with_text(text_);
  const std::string terminated(reference);
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, terminated.c_str(), 0) != CURLUE_OK)
    return bad_url(reference, "is no reference to a URL");
  return parse(part(handle.get(), CURLUPART_URL));
}

std::string Url::shown() const { return text_.substr(0, text_.find('?')); }

bool Url::same_origin(const Url& other) const noexcept {
  return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
}

}  // namespace cloche::net
