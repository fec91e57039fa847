#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloche {

/// `text` with everything that could deceive a terminal or a log reader made visible: C0 and C1 control
/// characters, line and paragraph separators, and Unicode's bidirectional and zero-width format characters
/// become `\n`, `\t`, `\x1b` or `\u{202e}`; bytes that are not UTF-8 become U+FFFD. The result is one line of
/// valid UTF-8.
std::string escape_controls(std::string_view text);

/// `text` for a prompt, where nothing may be hidden: what escape_controls() makes visible, and beyond that every
/// other character that shows nothing or that looks like a plain space (Unicode's Default_Ignorable_Code_Point, all
/// spaces but U+0020, fillers, private use, noncharacters), and runs of more than four combining marks. As
/// `\u{fe0f}`. The result is one line of valid UTF-8.
std::string visible(std::string_view text);

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// The candidate nearest to `word` by edit distance, for a did-you-mean; empty when none is near enough to be
/// meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace cloche
