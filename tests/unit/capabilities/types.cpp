#include <cloche/types.h>
#include <doctest/doctest.h>

#include "support.h"

namespace cloche {
namespace {

Registry sample() {
  Registry registry;
  registry.define("zoo.feed")
      .sync("feed", [](std::string, std::optional<int>) {}, {{"animal", "grams"}, "Feeds */ it"});
  registry.define("zoo.delete")
      .async("delete", [](std::optional<int>, bool) { return 1; }, {{"first", "default"}, ""});
  registry.define("art").summary("Draws").sync("draw", [](Function) {}, {{"callback"}, ""});
  return registry;
}

TEST_CASE("declarations hold exactly the capabilities asked for, in a stable order") {
  const Registry registry = sample();
  const std::vector<std::string> ids{"zoo.feed", "art", "unknown"};
  const std::string expected =
      "/**\n * Draws\n */\n"
      "declare module \"cap:art\" {\n"
      "  export {};\n"
      "  export function draw(callback: ((...args: any[]) => any)): void;\n"
      "}\n"
      "\n"
      "declare module \"cap:zoo\" {\n"
      "  export {};\n"
      "  /** Feeds *\\/ it */\n"
      "  export function feed(animal: string, grams?: number): void;\n"
      "}\n";
  CHECK(type_declarations(registry, ids) == expected);
  CHECK(type_declarations(registry, std::vector<std::string>{"art", "zoo.feed"}) == expected);
  CHECK(type_declarations(registry, {}).empty());
}

TEST_CASE("what every plugin has is declared without being asked for") {
  Registry registry = sample();
  registry.define("self").implicit().sync("id", [] { return 1; });
  CHECK(type_declarations(registry, {}).find("declare module \"cap:self\"") != std::string::npos);
}

TEST_CASE("names TypeScript reserves are exported all the same") {
  const std::string text = type_declarations(sample(), std::vector<std::string>{"zoo.delete"});
  CHECK(text.find("  function export_1(first: number | undefined, arg2: boolean): Promise<number>;\n"
                  "  export { export_1 as delete };\n") != std::string::npos);
}

}  // namespace
}  // namespace cloche
