#include "support.h"

#include <workbench/commands.h>
#include <workbench/desk.h>

using cloche::Errc;
using cloche::Result;
using workbench::Desk;
using workbench::Document;

namespace {

Result<std::string> text_seen_by(Desk& desk, const std::string& plugin) {
  return desk.with_document(plugin,
                            [](Document& document) -> Result<std::string> { return document.text(); });
}

}  // namespace

TEST_SUITE("Desk") {
  TEST_CASE("a plugin reaches the document of its own command alone") {
    Desk desk;
    Document first("first", "1");
    Document second("second", "2");
    desk.open("a", first);
    desk.open("b", second);
    CHECK(text_seen_by(desk, "a").value() == "1");
    CHECK(text_seen_by(desk, "b").value() == "2");
    CHECK(text_seen_by(desk, "c").error().code() == Errc::not_capable);
  }

  TEST_CASE("nothing is reached once the command has ended") {
    Desk desk;
    Document document("d", "text");
    desk.open("a", document);
    desk.close("a");
    CHECK(text_seen_by(desk, "a").error().code() == Errc::not_capable);
    CHECK(desk.add_message("a", "late").error().code() == Errc::not_capable);
  }

  TEST_CASE("messages are given at the end, in order, and are not endless") {
    Desk desk;
    Document document("d", "");
    desk.open("a", document);
    for (std::size_t i = 0; i < Desk::kMaxMessages; ++i) REQUIRE(desk.add_message("a", std::to_string(i)));
    CHECK(desk.add_message("a", "more").error().code() == Errc::quota);
    const auto messages = desk.close("a");
    REQUIRE(messages.size() == Desk::kMaxMessages);
    CHECK(messages.front() == "0");
    CHECK(messages.back() == "99");
  }
}

TEST_SUITE("commands") {
  TEST_CASE("a command id names the export it calls") {
    CHECK(workbench::command_function("preferences.toggle-wrap") == "toggleWrap");
    CHECK(workbench::command_function("git.blame") == "blame");
    CHECK(workbench::command_function("sort") == "sort");
    CHECK(workbench::command_function("a.b.make-it-so") == "makeItSo");
    CHECK(workbench::command_function("a.2-up") == "2Up");
  }
}
