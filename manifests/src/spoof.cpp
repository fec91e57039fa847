#include "spoof.h"

#include <algorithm>
#include <cloche/text.h>
#include <memory>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

namespace cloche {
namespace {

struct CloseSpoofChecker {
  void operator()(USpoofChecker* checker) const noexcept { uspoof_close(checker); }
};

using Checker = std::unique_ptr<USpoofChecker, CloseSpoofChecker>;

// Made once, and only read from then on.
const USpoofChecker* checker() {
  static const Checker kChecker = [] {
    UErrorCode status = U_ZERO_ERROR;
    Checker made(uspoof_open(&status));
    uspoof_setChecks(made.get(), USPOOF_RESTRICTION_LEVEL, &status);
    if (U_FAILURE(status)) return Checker();
    uspoof_setRestrictionLevel(made.get(), USPOOF_HIGHLY_RESTRICTIVE);
    return made;
  }();
  return kChecker.get();
}

bool is_letter(UChar32 c) { return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

bool is_ascii(const icu::UnicodeString& text) {
  for (int32_t i = 0; i < text.length(); ++i) {
    if (text.charAt(i) >= 0x80) return false;
  }
  return true;
}

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return visible(bytes);
}

std::vector<icu::UnicodeString> words_of(std::string_view text) {
  const auto all =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  std::vector<icu::UnicodeString> words;
  for (int32_t begin = 0; begin < all.length();) {
    int32_t end = begin;
    while (end < all.length() && is_letter(all.char32At(end))) end = all.moveIndex32(end, 1);
    if (end > begin) words.emplace_back(all, begin, end - begin);
    begin = end > begin ? end : all.moveIndex32(end, 1);
  }
  return words;
}

bool mixes_scripts(const icu::UnicodeString& word, UErrorCode& status) {
  const int32_t found = uspoof_check2UnicodeString(checker(), word, nullptr, &status);
  return U_SUCCESS(status) && found != 0;
}

// The plain Latin word that people would take `word` for; empty where there is none.
icu::UnicodeString lookalike(const icu::UnicodeString& word, UErrorCode& status) {
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(checker(), 0, word, skeleton, &status);
  return U_SUCCESS(status) && is_ascii(skeleton) ? skeleton : icu::UnicodeString();
}

std::string sentence(const icu::UnicodeString& word) {
  const std::string name = "'" + utf8(word) + "'";
  if (checker() == nullptr) return name + " could not be compared with other words: ICU's data is missing";
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString like = lookalike(word, status);
  if (!like.isEmpty())
    return name + " is not written in Latin letters alone, though it looks like '" + utf8(like) + "'";
  if (mixes_scripts(word, status)) return name + " mixes letters of several scripts";
  return {};
}

}  // namespace

std::vector<std::string> deceptions(std::string_view text) {
  constexpr std::size_t kMost = 8;  // beyond that nobody reads on
  std::vector<std::string> found;
  for (const icu::UnicodeString& word : words_of(text)) {
    if (is_ascii(word)) continue;
    std::string one = sentence(word);
    if (one.empty() || std::ranges::find(found, one) != found.end()) continue;
    found.push_back(std::move(one));
    if (found.size() == kMost) break;
  }
  return found;
}

}  // namespace cloche
