#include "net/url_glob.h"

#include <algorithm>

namespace cloche::net {
namespace {

constexpr std::size_t kLongest = 1024;

}  // namespace

Result<UrlGlob> UrlGlob::parse(std::string_view text, char stop) {
  if (text.size() > kLongest)
    return Error(Errc::invalid_argument, "a pattern for URLs is too long; at most 1024 bytes are read");
  UrlGlob glob;
  glob.stop_ = stop;
  const std::size_t first = std::min(text.find('*'), text.size());
  glob.prefix_ = text.substr(0, first);
  for (std::size_t i = first; i < text.size(); ++i) {
    if (text[i] != '*') {
      glob.tokens_.push_back({Token::Kind::literal, text[i]});
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of('*', i), text.size());
    glob.tokens_.push_back({end - i == 1 ? Token::Kind::star : Token::Kind::two_stars, '\0'});
    i = end - 1;
  }
  return glob;
}

bool UrlGlob::at_stop(std::string_view text) const {
  return text.front() == stop_ || (stop_ == '/' && (text.starts_with("%2F") || text.starts_with("%5C")));
}

// Which beginnings of the pattern match what was read so far, for each further character. No two stars are
// neighbours, so that passing one over is a single step.
bool UrlGlob::matches_rest(std::string_view text) const {
  const std::size_t count = tokens_.size();
  std::vector<char> now(count + 1, 0);
  std::vector<char> next(count + 1, 0);
  const auto reach = [&](std::vector<char>& states, std::size_t state) {
    states[state] = 1;
    if (state < count && tokens_[state].kind != Token::Kind::literal) states[state + 1] = 1;
  };
  reach(now, 0);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool stopped = at_stop(text.substr(at));
    std::ranges::fill(next, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (now[i] == 0) continue;
      const Token& token = tokens_[i];
      if (token.kind == Token::Kind::literal) {
        if (token.literal == text[at]) reach(next, i + 1);
      } else if (token.kind == Token::Kind::two_stars || !stopped) {
        reach(next, i);
      }
    }
    now.swap(next);
  }
  return now[count] != 0;
}

bool UrlGlob::matches(std::string_view text) const {
  if (!text.starts_with(prefix_)) return false;
  text.remove_prefix(prefix_.size());
  if (tokens_.empty()) return text.empty();
  if (tokens_.size() == 1 && tokens_.front().kind == Token::Kind::two_stars) return true;
  return matches_rest(text);
}

}  // namespace cloche::net
