// Any pattern against any URL: no crash, no endless search, and the rules that must hold whatever the input.

#include "net/url_pattern.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// What holds of every URL that was read.
void check_url(const cloche::net::Url& url) {
  using namespace cloche::net;
  const auto again = Url::parse(url.text());
  require(again && *again == url && again->address() == url.address());
  require(!url.host().empty() && url.path().starts_with('/') && url.port() != 0);
  require(url.host().find_first_of("@%/?# ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
  require(url.address().has_value() || !url.host().ends_with('.'));
  const auto joined = url.join(url.text());
  require(joined && *joined == url);
  const std::string origin = url.scheme() + "://" + url.host() + ":" + std::to_string(url.port()) + "/**";
  const auto everything = UrlPattern::parse(origin);
  require(everything && everything->matches(url));
  require(everything->address() == url.address());
  const auto below = UrlPattern::parse(url.scheme() + "://*." + url.host() + ":*/**");
  require(!below || !below->matches(url));
}

// The same as UrlGlob in the plainest way, which takes far too long for long texts.
bool plain_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*')
    return !text.empty() && text.front() == pattern.front() && plain_match(pattern.substr(1), text.substr(1));
  const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
  const std::string_view rest = pattern.substr(stars);
  for (std::size_t taken = 0; taken <= text.size(); ++taken) {
    if (plain_match(rest, text.substr(taken))) return true;
    const std::string_view next = text.substr(taken);
    if (stars == 1 && (next.starts_with('/') || next.starts_with("%2F") || next.starts_with("%5C")))
      return false;
  }
  return false;
}

void check_glob(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kLongest = 16;
  if (pattern.size() > kLongest || text.size() > kLongest) return;
  const auto glob = cloche::net::UrlGlob::parse(pattern, '/');
  require(glob && glob->matches(text) == plain_match(pattern, text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cloche::net;
  const std::string input(data, data + size);
  const std::size_t middle = input.find('\n');
  if (middle == std::string::npos) return 0;
  check_glob(std::string_view(input).substr(0, middle), std::string_view(input).substr(middle + 1));
  const auto pattern = UrlPattern::parse(std::string_view(input).substr(0, middle));
  const auto url = Url::parse(std::string_view(input).substr(middle + 1));
  if (url) check_url(*url);
  if (!pattern || !url) return 0;
  if (pattern->matches(*url)) {
    require(pattern->text().starts_with(url->scheme() + "://"));
    require(!pattern->address() || pattern->address() == url->address());
  }
  return 0;
}
