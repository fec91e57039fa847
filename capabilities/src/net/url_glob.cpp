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

// Follows, character by character, which beginnings of the pattern match what was read so far, in ascending
// order. Mostly those are few. No two stars are neighbours, so that passing one over is a single step, and
// one that is reached again, out of order, is there already.
bool UrlGlob::matches_rest(std::string_view text) const {
  std::vector<std::size_t> now;
  std::vector<std::size_t> next;
  const auto reach = [&](std::vector<std::size_t>& states, std::size_t state) {
    if (!states.empty() && states.back() >= state) return;
    states.push_back(state);
    if (state < tokens_.size() && tokens_[state].kind != Token::Kind::literal) states.push_back(state + 1);
  };
  reach(now, 0);
  for (std::size_t at = 0; at < text.size() && !now.empty(); ++at) {
    const bool stopped = at_stop(text.substr(at));
    next.clear();
    for (const std::size_t state : now) {
      if (state == tokens_.size()) continue;
      const Token& token = tokens_[state];
      if (token.kind == Token::Kind::literal) {
        if (token.literal == text[at]) reach(next, state + 1);
      } else if (token.kind == Token::Kind::two_stars || !stopped) {
        reach(next, state);
      }
    }
    now.swap(next);
  }
  return !now.empty() && now.back() == tokens_.size();
}

bool UrlGlob::matches(std::string_view text) const {
  if (!text.starts_with(prefix_)) return false;
  text.remove_prefix(prefix_.size());
  if (tokens_.empty()) return text.empty();
  if (tokens_.size() == 1 && tokens_.front().kind == Token::Kind::two_stars) return true;
  return matches_rest(text);
}

}  // namespace cloche::net
