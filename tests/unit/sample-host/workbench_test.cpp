#include "support.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>
#include <workbench/workbench.h>

using cloche::Errc;
using workbench::Command;
using workbench::Document;
using workbench::Outcome;
using workbench::Workbench;
namespace fs = std::filesystem;

namespace {

/// A workbench with plugins of one main module each, in a folder of its own.
class Fixture {
 public:
  Fixture() {
    std::string name = (fs::temp_directory_path() / "workbench-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~Fixture() { fs::remove_all(folder_); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  /// Adds the plugin test.NAME, whose commands are NAME.COMMAND.
  void add(const std::string& name, const std::string& capabilities,
           std::initializer_list<const char*> commands, const std::string& source,
           const std::string& limits = "{}") {
    const fs::path place = folder_ / "plugins" / name;
    fs::create_directories(place);
    std::ofstream manifest(place / "plugin.yaml");
    manifest << "manifest_version: 1\nid: test." << name << "\nversion: 1.0.0\nmain: main.mjs\n";
    manifest << "limits: " << limits << "\n";
    if (!capabilities.empty()) manifest << "capabilities: {required: [" << capabilities << "]}\n";
    manifest << "contributes:\n  commands:\n";
    for (const char* command : commands)
      manifest << "    - {id: " << name << "." << command << ", title: " << command << "}\n";
    std::ofstream(place / "main.mjs") << source;
  }

  Workbench& open(cloche::Policy policy) {
    auto bench = Workbench::create({.policy = std::move(policy),
                                    .workspace = folder_,
                                    .directories = {},
                                    .data = folder_ / "data",
                                    .log = nullptr});
    REQUIRE(bench);
    bench_.emplace(std::move(*bench));
    REQUIRE(bench_->load_plugins(folder_ / "plugins"));
    return *bench_;
  }

  Outcome run(const std::string& command, Document& document) {
    const Command* found = bench_->find_command(command);
    REQUIRE(found != nullptr);
    return bench_->run(*found, document);
  }

 private:
  fs::path folder_;
  std::optional<Workbench> bench_;
};

cloche::Policy editor_for_all() {
  cloche::Policy policy;
  policy.add_grant("editor");
  return policy;
}

constexpr const char* kEditor = "{id: editor, reason: Edit}";

}  // namespace

TEST_SUITE("Workbench") {
  TEST_CASE("a command gets the selected text, or all of it where nothing is selected") {
    Fixture fixture;
    fixture.add("size", "", {"of-text"}, "export const ofText = (text) => text.length;");
    fixture.open({});
    Document document("d", "one two");
    CHECK(fixture.run("size.of-text", document).result.value() == cloche::Value(7));
    REQUIRE(document.select({4, 7}));
    CHECK(fixture.run("size.of-text", document).result.value() == cloche::Value(3));
  }

  TEST_CASE("the editor reads and changes the document, and a command is one step to undo") {
    Fixture fixture;
    fixture.add("edit", kEditor, {"all"}, R"js(
      import { insert, message, replace, selection, text } from "cap:editor";
      export function all() {
        const { start, end, text: selected } = selection();
        message(`${selected} at ${start} to ${end} of ${text().length}`);
        replace("[" + selected + "]");
        insert("!");
        insert("^", 0);
        replace("", { start: 1, end: 2 });
      })js");
    fixture.open(editor_for_all());
    Document document("d", "a😀bc");
    REQUIRE(document.select({1, 3}));
    const Outcome outcome = fixture.run("edit.all", document);
    REQUIRE(outcome.result);
    CHECK(document.text() == "^[😀]!bc");
    CHECK(outcome.changed);
    REQUIRE(outcome.messages.size() == 1);
    CHECK(outcome.messages[0] == "😀 at 1 to 3 of 5");
    CHECK(document.undo() == "all");
    CHECK(document.text() == "a😀bc");
  }

  TEST_CASE("a command that fails changes nothing") {
    Fixture fixture;
    fixture.add("half", kEditor, {"done"}, R"js(
      import { replace } from "cap:editor";
      export function done() { replace("x", { start: 0, end: 1 }); throw new Error("half-way"); })js");
    fixture.open(editor_for_all());
    Document document("d", "abc");
    const Outcome outcome = fixture.run("half.done", document);
    CHECK(outcome.result.error().code() == Errc::threw);
    CHECK_FALSE(outcome.changed);
    CHECK(document.text() == "abc");
    CHECK_FALSE(document.undo());
  }

  TEST_CASE("a wrong range is an error the plugin sees, with its class") {
    Fixture fixture;
    fixture.add("wrong", kEditor, {"range"}, R"js(
      import { replace } from "cap:editor";
      export function range() { try { replace("x", { start: 0, end: 99 }); } catch (e) { return e.name; } })js");
    fixture.open(editor_for_all());
    Document document("d", "abc");
    CHECK(fixture.run("wrong.range", document).result.value() == cloche::Value("TypeError"));
  }

  TEST_CASE("a plugin without the grant is refused, the others are loaded") {
    Fixture fixture;
    fixture.add("greedy", kEditor, {"go"}, "import 'cap:editor'; export const go = () => 1;");
    fixture.add("modest", "", {"go"}, "export const go = () => 2;");
    Workbench& bench = fixture.open({});
    REQUIRE(bench.plugins().size() == 2);
    REQUIRE(bench.plugins()[0].refused);
    CHECK(bench.plugins()[0].refused->code() == Errc::not_capable);
    CHECK_FALSE(bench.plugins()[0].grants.decision("editor")->granted);
    CHECK(bench.plugins()[1].plugin);
    CHECK(bench.find_command("greedy.go") == nullptr);
    Document document("d", "");
    CHECK(fixture.run("modest.go", document).result.value() == cloche::Value(2));
  }

  TEST_CASE("an endless command ends at its limit, and the next one works") {
    Fixture fixture;
    fixture.add("loop", "", {"forever", "once"},
                "export const forever = () => { for (;;); }; export const once = () => 1;",
                "{cpu_per_call: 30ms}");
    fixture.open({});
    Document document("d", "");
    CHECK(fixture.run("loop.forever", document).result.error().code() == Errc::cpu_limit);
    CHECK(fixture.run("loop.once", document).result.value() == cloche::Value(1));
  }

  TEST_CASE("after its command a plugin no longer reaches the document") {
    Fixture fixture;
    fixture.add("late", kEditor, {"keep", "what-came"}, R"js(
      import { replace } from "cap:editor";
      let done;
      const tried = new Promise((resolve) => { done = resolve; });
      export function keep() {
        let tries = 0;
        const timer = setInterval(() => {
          try { replace("x"); } catch { /* nothing is open */ }
          if (++tries === 10) { clearInterval(timer); done(); }
        }, 0);
      }
      export const whatCame = () => tried;)js");
    fixture.open(editor_for_all());
    Document document("d", "abc");
    REQUIRE(fixture.run("late.keep", document).result);
    // The first tries may have come before the command was over; from now on none reaches this document.
    const std::string when_it_ended = document.text();
    Document other("other", "def");
    REQUIRE(fixture.run("late.what-came", other).result);
    CHECK(document.text() == when_it_ended);
  }

  TEST_CASE("a policy that names what there is not is refused") {
    cloche::Policy policy;
    policy.add_grant("editro");
    const auto bench = Workbench::create(
        {.policy = policy, .workspace = ".", .directories = {}, .data = "data", .log = nullptr});
    REQUIRE_FALSE(bench);
    CHECK(bench.error().code() == Errc::policy_invalid);
  }

  TEST_CASE("a folder that is not there is an error") {
    auto bench = Workbench::create(
        {.policy = {}, .workspace = ".", .directories = {}, .data = "data", .log = nullptr});
    REQUIRE(bench);
    CHECK(bench->load_plugins("no/such/folder").error().code() == Errc::io);
  }
}
