// Which plugins are loaded before which, and what is wrong with dependencies.
#include <doctest/doctest.h>

#include <cloche/dependencies.h>
#include <string>

using namespace cloche;

namespace {

Manifest plugin(const std::string& id, const std::string& dependencies = {},
                const std::string& version = "1.0.0") {
  std::string text = "manifest_version: 1\nid: test." + id + "\nversion: " + version + "\nmain: main.mjs\n";
  if (!dependencies.empty()) text += "dependencies:\n" + dependencies;
  return parse_manifest(text, id + ".yaml").value();
}

std::string needs(const std::string& id, const std::string& range = "^1.0", bool optional = false) {
  return "  test." + id + ": {version: \"" + range + "\", optional: " + (optional ? "true" : "false") + "}\n";
}

std::string order_of(const std::vector<Manifest>& manifests, const std::vector<LoadedPlugin>& loaded = {}) {
  const auto order = load_order(manifests, loaded);
  if (!order) return to_string(order.error());
  std::string text;
  for (const std::size_t index : *order) text += manifests[index].id.substr(5) + " ";
  return text;
}

}  // namespace

TEST_CASE("plugins without dependencies keep their order") {
  CHECK(order_of({plugin("c"), plugin("a"), plugin("b")}) == "c a b ");
  CHECK(order_of({}).empty());
}

TEST_CASE("each plugin comes after those it depends on") {
  CHECK(order_of({plugin("a", needs("b") + needs("c")), plugin("b", needs("c")), plugin("c")}) == "c b a ");
  CHECK(order_of({plugin("x"), plugin("a", needs("b")), plugin("b")}) == "x b a ");
  CHECK(order_of({plugin("a", needs("b", "*", true)), plugin("b")}) == "b a ");
}

TEST_CASE("what is loaded already counts") {
  CHECK(order_of({plugin("a", needs("b"))}, {{"test.b", Version::parse("1.2.0").value()}}) == "a ");
}

TEST_CASE("a dependency that nothing satisfies is an error at its line, unless it is optional") {
  CHECK(order_of({plugin("a", needs("b"))}) ==
        "a.yaml:6:11: error[manifest_invalid]: 'test.a' depends on 'test.b', '^1.0', which is not loaded; "
        "load it "
        "first, or together with this one");
  CHECK(order_of({plugin("a", needs("b")), plugin("b", {}, "2.0.0")}) ==
        "a.yaml:6:11: error[manifest_invalid]: 'test.a' depends on 'test.b', '^1.0', and what is loaded is "
        "2.0.0; "
        "load a version of that range");
  CHECK(order_of({plugin("a", needs("b", "^1.0", true))}) == "a ");
  CHECK(order_of({plugin("a", needs("b", "^1.0", true)), plugin("b", {}, "2.0.0")}) == "a b ");
}

TEST_CASE("a cycle is an error that names it") {
  CHECK(order_of({plugin("x", needs("a")), plugin("a", needs("b")), plugin("b", needs("a"))}) ==
        "b.yaml:6:11: error[manifest_invalid]: 'test.a' depends on 'test.b' depends on 'test.a': that is a "
        "cycle, in "
        "which none can be loaded first; take one out");
}

TEST_CASE("a name that only resembles the one wanted does not satisfy it") {
  CHECK_FALSE(
      load_order(std::vector{plugin("a", needs("core")), plugin("core-x"), plugin("cor")}).has_value());
}
