// What `cap:` modules give: exactly what was granted, and otherwise an error that names the entry that is
// missing.
#include "support.h"

using namespace cloche;
using namespace cloche::testing;

namespace {

Registry files_and_clock() {
  Registry registry;
  registry.define("fs.read").sync("readText", [](std::string path) { return "text of " + path; });
  registry.define("fs.write").sync("writeText", [](std::string, std::string) {}).async("flush", [] {
    return 1;
  });
  registry.define("clock").sync("now", [] { return 1.0; });
  return registry;
}

}  // namespace

TEST_CASE("a capability's module has exactly the functions that were granted") {
  Sandbox box(each_mode(), files_and_clock());
  const char* source = "import * as fs from 'cap:fs'; export const f = () => Object.keys(fs);";
  CHECK(evaluate(box, source, {"fs.read"}) == R"(["readText"])");
  CHECK(evaluate(box, source, {"fs.write"}) == R"(["flush","writeText"])");
  CHECK(evaluate(box, source, {"fs.read", "fs.write"}) == R"(["flush","readText","writeText"])");
}

TEST_CASE("a granted function works") {
  Sandbox box(each_mode(), files_and_clock());
  CHECK(evaluate(box, "import { readText } from 'cap:fs'; export const f = () => readText('a');",
                 {"fs.read"}) == R"("text of a")");
}

TEST_CASE("an import of what was not asked for fails to link, with its line and the missing entry") {
  Sandbox box(each_mode(), files_and_clock());
  const Error error = box.load_error(module("\nimport { readText } from 'cap:fs';"));
  CHECK(error.code() == Errc::not_capable);
  CHECK(to_string(*error.where()) == "plugin://com.example.test/main.mjs:2:26");
  CHECK(error.message().find("cap:fs") != std::string::npos);
  CHECK(error.message().find("plugin.yaml does not ask for fs.read or fs.write") != std::string::npos);
}

TEST_CASE("an import of a facet's function that was not granted names the facet") {
  Sandbox box(each_mode(), files_and_clock());
  const Error error = box.load_error(module("\nimport {\n  writeText } from 'cap:fs';", {"fs.read"}));
  CHECK(error.code() == Errc::not_capable);
  CHECK(to_string(*error.where()) == "plugin://com.example.test/main.mjs:3:3");
  CHECK(error.message().find("'writeText'") != std::string::npos);
  CHECK(error.message().find("fs.write") != std::string::npos);
  CHECK(error.message().find("fs.read") == std::string::npos);
}

TEST_CASE("an import from a file that main imports has that file's line") {
  Sandbox box(each_mode(), files_and_clock());
  const Error error = box.load_error({{{"main.mjs", "import './lib/a.mjs';"},
                                       {"lib/a.mjs", "// a\n// b\n  import { now } from 'cap:clock';"}}});
  CHECK(error.code() == Errc::not_capable);
  CHECK(to_string(*error.where()) == "plugin://com.example.test/lib/a.mjs:3:23");
}

TEST_CASE("what was asked for and not granted says so") {
  Sandbox box(each_mode(), files_and_clock(), Policy{});
  Package package = module("import { now } from 'cap:clock';");
  package.manifest = "capabilities:\n  optional:\n    - {id: clock, reason: to be tested}\n";
  const Error error = box.load_error(package);
  CHECK(error.code() == Errc::not_capable);
  CHECK(error.message().find("not granted") != std::string::npos);
}

TEST_CASE("a required capability that is not granted fails the load before anything runs") {
  Sandbox box(each_mode(), files_and_clock(), Policy{});
  const Error error = box.load_error(module("console.log('ran')", {"clock"}));
  CHECK(error.code() == Errc::not_capable);
  CHECK(error.message().find("clock") != std::string::npos);
  CHECK(box.log().texts().empty());
}

TEST_CASE("a capability the host does not have, and a function it does not have") {
  Sandbox box(each_mode(), files_and_clock());
  CHECK(box.load_error(module("import { x } from 'cap:teleport';")).code() == Errc::not_capable);
  CHECK(box.load_error(module("import { x } from 'cap:';")).code() == Errc::not_capable);
  CHECK(box.load_error(module("import { x } from 'cap:clock';", {"clock"})).code() == Errc::not_capable);
  CHECK(box.load_error(module("import x from 'cap:clock';", {"clock"})).code() == Errc::not_capable);
}

TEST_CASE("import() of what was not granted is rejected with NotCapable, and may be tried and caught") {
  Sandbox box(each_mode(), files_and_clock());
  CHECK(evaluate(box,
                 "export const f = () => import('cap:fs').then(() => 'got it', (e) => [e.name, e.code, e "
                 "instanceof Error]);") == R"(["NotCapable","not_capable",true])");
  CHECK(evaluate(box, "export const f = () => import('cap:fs').then((m) => Object.keys(m));", {"fs.read"}) ==
        R"(["readText"])");
}

TEST_CASE("an uncaught import() of what was not granted ends the call with not_capable") {
  Sandbox box(each_mode(), files_and_clock());
  Plugin plugin = box.load("export const f = () => import('cap:fs');");
  CHECK(ask_error(plugin, "f").code() == Errc::not_capable);
}

TEST_CASE("the functions of a capability are frozen and the same from every file") {
  Sandbox box(each_mode(), files_and_clock());
  Plugin plugin =
      box.load({{{"main.mjs",
                  "import { readText } from 'cap:fs'; import { other } from './b.mjs';\n"
                  "export const f = async () => [Object.isFrozen(readText), readText === other,\n"
                  "  readText === (await import('cap:fs')).readText, readText.name, readText.length,\n"
                  "  Reflect.set(readText, 'x', 1), Reflect.setPrototypeOf(readText, null),\n"
                  "  'prototype' in readText];"},
                 {"b.mjs", "export { readText as other } from 'cap:fs';"}},
                {"fs.read"}});
  CHECK(json(ask(plugin, "f")) == R"([true,true,true,"readText",1,false,false,false])");
}
