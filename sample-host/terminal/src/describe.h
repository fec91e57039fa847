#pragma once

#include "style.h"
#include "workbench/workbench.h"

#include <filesystem>
#include <string>

namespace workbench::terminal {

/// How an Outcome is told: what came of it, in a word.
enum class Ending { done, contained, failed };

/// A plugin's error or limit is contained; what is the host's own affair has failed.
Ending ending_of(const Outcome& outcome);

/// Tells about the workbench in lines of text for people.
class Describer {
 public:
  Describer(Style style, std::filesystem::path root) : style_(style), root_(std::move(root)) {}

  /// One line: name, version, time to load.
  [[nodiscard]] std::string loaded(const InstalledPlugin& plugin) const;
  /// What it may do and why, a line for each capability it asked for.
  [[nodiscard]] std::string rights(const InstalledPlugin& plugin) const;
  /// Why it was refused.
  [[nodiscard]] std::string refused(const InstalledPlugin& plugin) const;
  /// What came of a command: a line, and one more for each message.
  [[nodiscard]] std::string outcome(const Command& command, const Document& document,
                                    const Outcome& outcome) const;

  [[nodiscard]] const Style& style() const noexcept { return style_; }

 private:
  [[nodiscard]] std::string decision(const cloche::Decision& decision) const;
  [[nodiscard]] std::string place(const cloche::SourceLocation& where) const;

  Style style_;
  std::filesystem::path root_;
};

}  // namespace workbench::terminal
