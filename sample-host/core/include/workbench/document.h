#pragma once

#include <boost/describe.hpp>
#include <cloche/result.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace workbench {

/// A part of a text, counted in UTF-16 code units as JavaScript does. Empty where `start` equals `end`: a
/// caret.
struct Range {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};
BOOST_DESCRIBE_STRUCT(Range, (), (start, end))

/// A text with a name, a selection and a history. Edits between `begin_step` and `end_step` are undone
/// together. Used by one thread at a time.
class Document {
 public:
  /// `text` is UTF-8. The caret is at its beginning.
  Document(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& text() const noexcept { return now_.text; }
  [[nodiscard]] Range selection() const noexcept { return now_.selection; }
  [[nodiscard]] std::string selected_text() const;

  /// Errors: `invalid_argument` for a range that ends before it starts, is beyond the text, or cuts a
  /// character in two.
  [[nodiscard]] cloche::Result<void> select(Range range);
  /// Puts `text` in the place of the range and selects it. Errors as of `select`.
  [[nodiscard]] cloche::Result<void> replace(Range range, std::string_view text);

  void begin_step();
  /// Keeps what was changed since `begin_step` as one step called `name`; true where anything was.
  bool end_step(std::string name);
  /// Takes back what was changed since `begin_step`.
  void abandon_step();

  /// Take back, or do again, the last step; give its name, or nothing where there is none.
  std::optional<std::string> undo();
  std::optional<std::string> redo();

 private:
  struct Content {
    std::string text;
    Range selection;
  };
  struct Step {
    std::string name;
    Content other;  // before the step when it can be undone, after it when it can be done again
  };
  std::optional<std::string> move_step(std::vector<Step>& from, std::vector<Step>& to);

  std::string name_;
  Content now_;
  std::optional<Content> before_;
  std::vector<Step> done_;
  std::vector<Step> undone_;
};

}  // namespace workbench
