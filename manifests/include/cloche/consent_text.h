#pragma once

#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <cloche/manifest.h>
#include <string>
#include <vector>

namespace cloche {

/// What a user is shown before saying yes or no to one capability. Every text is one line of UTF-8 in which nothing
/// is hidden (see visible()), and is to be shown as plain text.
///
/// What is allowed and denied is rendered from the Grant that would be enforced and from nothing else. Names, the
/// publisher and the reason are the plugin's own words: show them as such.
struct ConsentText {
  std::string plugin;      ///< the plugin's name, in its own words
  std::string id;          ///< its id, such as com.acme.git-helper
  std::string version;     ///< its version
  std::string publisher;   ///< the publisher's name in the plugin's own words, or empty
  std::string key;         ///< the fingerprint of the publisher's key, in groups of four digits, or empty
  std::string capability;  ///< such as net.fetch
  std::string summary;     ///< what the capability is, in the host's words
  std::string reason;      ///< why the plugin asks, in its own words, or empty
  /// What would be allowed, a rule a line: any of them may match. `everything` or `nothing` where that is so. Lines
  /// that begin with "and only " stand for a further layer: what they say must hold too.
  std::vector<std::string> allows;
  std::vector<std::string> denies;    ///< what would be denied all the same, a rule a line
  std::vector<std::string> warnings;  ///< what may deceive in the texts above, a sentence each
};

/// The text for `grant`, which is what would be enforced if the user said yes to its capability. `entry` is the
/// capability's. Pure; safe from any thread.
[[nodiscard]] ConsentText render(const Manifest& manifest, const Grant& grant, const CatalogueEntry& entry);

/// `text` as lines for a terminal, the last one ended too.
[[nodiscard]] std::string to_string(const ConsentText& text);

/// The fingerprint of a publisher's key, for people to compare: the first 128 bits of its SHA-256 digest, in groups
/// of four hexadecimal digits. Empty for an empty key.
[[nodiscard]] std::string key_fingerprint(std::string_view key);

}  // namespace cloche
