#include "workbench/editor.h"

#include <boost/describe.hpp>
#include <cloche/call.h>
#include <optional>
#include <string>
#include <utility>

namespace workbench {
namespace {

using cloche::Call;
using cloche::Result;

/// The selection as plugins see it.
struct Selection {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Selection, (), (start, end, text))

Selection selection_of(const Document& document) {
  const Range range = document.selection();
  return {range.start, range.end, document.selected_text()};
}

}  // namespace

void define_editor(cloche::Registry& registry, std::shared_ptr<Desk> desk) {
  registry.define("editor")
      .summary("Read and change the document a command runs on")
      .sync("text",
            [desk](Call& call) {
              return desk->with_document(call.plugin().id,
                                         [](Document& d) -> Result<std::string> { return d.text(); });
            },
            {.parameters = {}, .summary = "The whole text."})
      .sync("selection",
            [desk](Call& call) {
              return desk->with_document(call.plugin().id,
                                         [](Document& d) -> Result<Selection> { return selection_of(d); });
            },
            {.parameters = {},
             .summary = "What is selected; start and end are offsets in the text, as strings count."})
      .sync("replace",
            [desk](Call& call, const std::string& text, std::optional<Range> range) {
              return desk->with_document(call.plugin().id, [&](Document& d) -> Result<void> {
                return d.replace(range.value_or(d.selection()), text);
              });
            },
            {.parameters = {"text", "range"},
             .summary = "Puts text in the place of the range, or of the selection."})
      .sync("insert",
            [desk](Call& call, const std::string& text, std::optional<std::uint32_t> at) {
              return desk->with_document(call.plugin().id, [&](Document& d) -> Result<void> {
                const std::uint32_t place = at.value_or(d.selection().end);
                return d.replace({place, place}, text);
              });
            },
            {.parameters = {"text", "at"}, .summary = "Puts text at an offset, or behind the selection."})
      .sync("message",
            [desk](Call& call, const std::string& text) { return desk->add_message(call.plugin().id, text); },
            {.parameters = {"text"}, .summary = "Shows the user a line of text."});
}

}  // namespace workbench
