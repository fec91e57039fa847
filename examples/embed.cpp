// Loads a plugin and calls it. The plugin gets what its manifest asks for and the policy grants; to all else it is blind.

#include <cloche/cloche.h>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  std::string document = "one two  three";

  // What this application offers to plugins: the built-in capabilities, and one of its own.
  cloche::Registry registry = cloche::builtin_capabilities();
  registry.define("editor")
      .sync("text", [&] { return document; })
      .async("append", [&](cloche::Call& call, std::string text) {
        std::cout << call.plugin().id << " appends " << text << '\n';
        document += text;
      });

  cloche::Policy policy;  // grants nothing, until it is told to
  policy.add_grant("editor", "cloche.sample.*");

  auto host = cloche::Host::create({.registry = std::move(registry), .policy = std::move(policy)});
  if (!host) return std::cerr << to_string(host.error()) << '\n', 1;
  auto plugin = host->load(argc > 1 ? argv[1] : "sample-host/plugins/word-count");
  if (!plugin) return std::cerr << to_string(plugin.error()) << '\n', 1;

  auto words = plugin->call<int>("count", document).get();  // Result<int>; `then` and `co_await` do not wait
  if (!words) return std::cerr << to_string(words.error()) << '\n', 1;
  std::cout << *words << " words\n";
}
