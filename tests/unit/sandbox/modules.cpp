// ES modules of a package: static and dynamic import, cycles, top-level await, and what cannot be imported.
#include "support.h"

using namespace cloche;
using namespace cloche::testing;

TEST_CASE("modules import each other from folders of the package") {
  Sandbox box(each_mode());
  Plugin plugin =
      box.load({{{"main.mjs",
                  "import a, { b as c } from './lib/a.mjs'; import * as all from './lib/../lib/./a.mjs';\n"
                  "export default () => [a, c, Object.keys(all)];\n"
                  "export * from './lib/b.mjs'; export * as named from './lib/b.mjs';"},
                 {"lib/a.mjs", "export default 'a'; export { b } from './b.mjs';"},
                 {"lib/b.mjs", "import { top } from '../top.mjs'; export const b = 'b' + top;"},
                 {"top.mjs", "export const top = '!';"}}});
  CHECK(json(ask(plugin, "default")) == R"(["a","b!",["b","default"]])");
  CHECK(plugin.exports() == std::vector<std::string>{"b", "default", "named"});
}

TEST_CASE("modules that import each other in a ring are run once") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(
      {{{"main.mjs",
         "import { b } from './b.mjs'; console.log('main'); export const name = () => 'main';\n"
         "export const f = () => b();"},
        {"b.mjs", "import { name } from './main.mjs'; console.log('b'); export const b = () => name();"}}});
  CHECK(ask<std::string>(plugin, "f") == "main");
  CHECK(box.log().texts() == std::vector<std::string>{"b", "main"});
}

TEST_CASE("a binding that is used too early is a ReferenceError of the load") {
  Sandbox box(each_mode());
  const Error error = box.load_error({{{"main.mjs", "import './b.mjs'; export const x = 1;"},
                                       {"b.mjs", "import { x } from './main.mjs';\nconsole.log(x);"}}});
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "ReferenceError");
  CHECK(to_string(*error.where()).starts_with("plugin://com.example.test/b.mjs:2:"));
}

TEST_CASE("import() gives the namespace, the same each time") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(
      {{{"main.mjs",
         "export const f = async () => {\n"
         "  const one = await import('./a.mjs'); const two = await import('./a.mjs');\n"
         "  return [one === two, one.a, one[Symbol.toStringTag]] };\n"
         "export const evaluated = () => (0, eval)(\"import('./a.mjs')\").then((m) => m.a);\n"
         "export const made = () => new Function(\"return import('./a.mjs')\")().then((m) => m.a);\n"
         "export const timed = () => new Promise((done) => setTimeout(() => done(import('./a.mjs'))))"
         ".then((m) => m.a);"},
        {"a.mjs", "console.log('a runs'); export const a = 1;"}}});
  CHECK(json(ask(plugin, "f")) == R"([true,1,"Module"])");
  CHECK(ask<int>(plugin, "evaluated") == 1);
  CHECK(ask<int>(plugin, "made") == 1);
  CHECK(ask<int>(plugin, "timed") == 1);
  CHECK(box.log().texts() == std::vector<std::string>{"a runs"});
}

TEST_CASE("import() of a module that fails is rejected, each time") {
  Sandbox box(each_mode());
  Plugin plugin = box.load({{{"main.mjs",
                              "export const f = async (name) => { const out = [];\n"
                              "  for (let i = 0; i < 2; i++) await import(name).catch((e) => out.push(e.name "
                              "+ ': ' + e.message));\n"
                              "  return out };"},
                             {"throws.mjs", "throw new TypeError('at run time');"},
                             {"awaits.mjs", "await null; throw new RangeError('later');"},
                             {"syntax.mjs", "let x = ;"},
                             {"link.mjs", "import { nothing } from './empty.mjs';"},
                             {"empty.mjs", ""}}});
  CHECK(json(ask(plugin, "f", "./throws.mjs")) == R"(["TypeError: at run time","TypeError: at run time"])");
  CHECK(json(ask(plugin, "f", "./awaits.mjs")) == R"(["RangeError: later","RangeError: later"])");
  CHECK(json(ask(plugin, "f", "./syntax.mjs")).starts_with(R"(["SyntaxError: )"));
  CHECK(json(ask(plugin, "f", "./link.mjs")).starts_with(R"(["SyntaxError: )"));
  CHECK(json(ask(plugin, "f", "./gone.mjs")).starts_with(R"(["Error: )"));
}

TEST_CASE("a module may import() itself and what is being evaluated") {
  Sandbox box(each_mode());
  Plugin plugin = box.load({{{"main.mjs",
                              "const self = import('./main.mjs'); import './b.mjs';\n"
                              "export const f = async () => (await self).x; export const x = 5;"},
                             {"b.mjs", "export const main = import('./main.mjs');"}}});
  CHECK(ask<int>(plugin, "f") == 5);
}

TEST_CASE("top-level await delays the load until it is settled") {
  Sandbox box(each_mode());
  Plugin plugin = box.load({{{"main.mjs",
                              "import { a } from './a.mjs';\n"
                              "export const x = await new Promise((done) => setTimeout(done, 1, a + 1));"},
                             {"a.mjs", "await null; export const a = await Promise.resolve(1);"}}});
  CHECK(plugin.value<int>("x").get().value() == 2);
}

TEST_CASE("a load that awaits what rejects or never settles fails") {
  Sandbox box(each_mode());
  const Error rejected = box.load_error(module("await Promise.reject(new RangeError('no'));"));
  CHECK(rejected.code() == Errc::threw);
  CHECK(rejected.class_name() == "RangeError");
  const Error endless =
      box.load_error(module("await new Promise(() => {});", {}, "limits: {wall_per_call: 30ms}\n"));
  CHECK(endless.code() == Errc::wall_limit);
  const Error loop = box.load_error(module("while (true) {}", {}, "limits: {cpu_per_call: 20ms}\n"));
  CHECK(loop.code() == Errc::cpu_limit);
}

TEST_CASE("a load that throws gives the plugin's error, and the host goes on") {
  Sandbox box(each_mode());
  const Error error = box.load_error(module("\nthrow new TypeError('no');"));
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "TypeError");
  CHECK(to_string(*error.where()) == "plugin://com.example.test/main.mjs:2:7");
  Plugin plugin = box.load("export const f = () => 1;");
  CHECK(ask<int>(plugin, "f") == 1);
}

TEST_CASE("import.meta.url names the package and its file, and nothing of the machine") {
  Sandbox box(each_mode());
  Plugin plugin = box.load({{{"main.mjs",
                              "export { meta } from './lib/a.mjs'; export const url = import.meta.url;\n"
                              "export const again = () => import(import.meta.url).then((m) => m.url);"},
                             {"lib/a.mjs",
                              "export const meta = [Object.keys(import.meta), import.meta.url,\n"
                              "  Object.getPrototypeOf(import.meta)];"}}});
  CHECK(plugin.value<std::string>("url").get().value() == "plugin://com.example.test/main.mjs");
  CHECK(json(plugin.value("meta").get().value()) ==
        R"([["url"],"plugin://com.example.test/lib/a.mjs",null])");
  CHECK(ask<std::string>(plugin, "again") == "plugin://com.example.test/main.mjs");
}

TEST_CASE("a syntax error has its line and column") {
  Sandbox box(each_mode());
  const Error error = box.load_error({{{"main.mjs", "import './bad.mjs';"}, {"bad.mjs", "\nlet x = @;"}}});
  CHECK(error.code() == Errc::source_invalid);
  CHECK(error.class_name() == "SyntaxError");
  CHECK(to_string(*error.where()) == "plugin://com.example.test/bad.mjs:2:9");
}

TEST_CASE("an import that finds nothing is told at the place of the import") {
  Sandbox box(each_mode());
  const auto error = [&](const std::string& specifier) {
    return box.load_error(module("\n  import '" + specifier + "';"));
  };
  for (const char* specifier :
       {"./gone.mjs", "../outside.mjs", "../../x", "./a/../../x", "/etc/passwd", "lodash",
        "file:///etc/passwd", "https://example.com/x.mjs", "data:text/javascript,1", "node:fs",
        "plugin://com.example.other/x.mjs", "plugin://com.example.test/../x.mjs", ""}) {
    CAPTURE(specifier);
    const Error found = error(specifier);
    CHECK(found.code() == Errc::module_not_found);
    CHECK(to_string(*found.where()) == "plugin://com.example.test/main.mjs:2:10");
  }
  CHECK(error("lodash").message().find("write './file.mjs'") != std::string::npos);
  CHECK(error("../../x").message().find("out of the package") != std::string::npos);
}

TEST_CASE("an import of a name that a module does not export is told at its place") {
  Sandbox box(each_mode());
  const Error error = box.load_error({{{"main.mjs", "\nimport { nothing } from './a.mjs';"}, {"a.mjs", ""}}});
  CHECK(error.code() == Errc::source_invalid);
  CHECK(error.message().find("nothing") != std::string::npos);
  CHECK(to_string(*error.where()) == "plugin://com.example.test/main.mjs:2:10");
}

TEST_CASE("a source that is not UTF-8 is refused") {
  Sandbox box(each_mode());
  CHECK(box.load_error(module("export const x = '\xff';")).code() == Errc::source_invalid);
}

TEST_CASE("a main module that is missing fails the load") {
  Sandbox box(each_mode());
  CHECK(box.load_error({{{"other.mjs", ""}}}).code() == Errc::module_not_found);
}

TEST_CASE("a long chain of imports is loaded without a deep stack") {
  Sandbox box(each_mode());
  Files files;
  for (int i = 0; i < 2000; ++i) {
    files["m" + std::to_string(i) + ".mjs"] = "export { end } from './m" + std::to_string(i + 1) + ".mjs';";
  }
  files["m2000.mjs"] = "export const end = 'end';";
  files["main.mjs"] = "export { end } from './m0.mjs';";
  auto plugin = box.try_load({files});
  // As deep a chain may be too much for the engine; then it is an error like any other.
  if (plugin) {
    CHECK(plugin->value<std::string>("end").get().value() == "end");
  } else {
    CHECK(plugin.error().code() != Errc::crashed);
  }
}

TEST_CASE("the value of an export can be read, promises awaited") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    export default 1 + 1; export let changing = 1; export const change = () => { changing++ };
    export const waiting = Promise.resolve({x: 1}); export const failing = Promise.reject(new Error("no"));
    failing.catch(() => {});
  )");
  CHECK(plugin.value<int>("default").get().value() == 2);
  CHECK(plugin.call<void>("change").get().has_value());
  CHECK(plugin.value<int>("changing").get().value() == 2);
  CHECK(json(plugin.value("waiting").get().value()) == R"({"x":1})");
  CHECK(plugin.value("failing").get().error().message() == "no");
}
