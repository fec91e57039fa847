#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// What may deceive people in `text`, one sentence for each word of it that mixes scripts, or that looks like another
/// word of plain Latin letters (Unicode Technical Standard 39, sections 4 and 5.2). Deceptive characters in the
/// sentences are made visible. Safe from any thread.
[[nodiscard]] std::vector<std::string> deceptions(std::string_view text);

}  // namespace cloche
