#include "support.h"

#include <workbench/document.h>

using workbench::Document;
using workbench::Range;

TEST_SUITE("Document") {
  TEST_CASE("counts as JavaScript does: a character beyond U+FFFF is two") {
    Document document("d", "aü€😀z");
    REQUIRE(document.select({3, 5}));
    CHECK(document.selected_text() == "😀");
    REQUIRE(document.replace({1, 3}, "--"));
    CHECK(document.text() == "a--😀z");
    CHECK(document.selection() == Range{1, 3});
  }

  TEST_CASE("refuses ranges that are none") {
    Document document("d", "a😀");
    CHECK_FALSE(document.select({2, 3}));  // inside the surrogate pair
    CHECK_FALSE(document.select({0, 4}));
    CHECK_FALSE(document.select({1, 0}));
    CHECK_FALSE(document.replace({0, 2}, "x"));
    CHECK(document.text() == "a😀");
    CHECK(document.select({3, 3}));
  }

  TEST_CASE("undoes a step of several edits at once, and does it again") {
    Document document("d", "one");
    document.begin_step();
    REQUIRE(document.replace({0, 1}, "O"));
    REQUIRE(document.replace({3, 3}, "!"));
    CHECK(document.end_step("shout"));
    CHECK(document.text() == "One!");
    CHECK(document.undo() == "shout");
    CHECK(document.text() == "one");
    CHECK_FALSE(document.undo());
    CHECK(document.redo() == "shout");
    CHECK(document.text() == "One!");
  }

  TEST_CASE("a step that changes nothing is none") {
    Document document("d", "one");
    document.begin_step();
    CHECK_FALSE(document.end_step("idle"));
    CHECK_FALSE(document.undo());
  }

  TEST_CASE("an abandoned step leaves text and selection as they were") {
    Document document("d", "one");
    REQUIRE(document.select({1, 2}));
    document.begin_step();
    REQUIRE(document.replace({0, 3}, "two"));
    document.abandon_step();
    CHECK(document.text() == "one");
    CHECK(document.selection() == Range{1, 2});
    CHECK_FALSE(document.undo());
  }

  TEST_CASE("a new step ends what could be done again") {
    Document document("d", "a");
    for (const char* text : {"b", "c"}) {
      document.begin_step();
      REQUIRE(document.replace({0, 1}, text));
      REQUIRE(document.end_step(text));
    }
    CHECK(document.undo() == "c");
    document.begin_step();
    REQUIRE(document.replace({0, 1}, "d"));
    REQUIRE(document.end_step("d"));
    CHECK_FALSE(document.redo());
    CHECK(document.undo() == "d");
    CHECK(document.text() == "b");
  }
}
