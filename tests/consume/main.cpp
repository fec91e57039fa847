// A host as others write it: its own types, its own functions, a plugin that is called.

#include <boost/describe/class.hpp>
#include <cloche/cloche.h>
#include <cloche/json.h>
#include <iostream>

namespace {

struct Note {
  std::string title;
  std::vector<int> lines;
};
BOOST_DESCRIBE_STRUCT(Note, (), (title, lines))

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  cloche::Registry registry = cloche::builtin_capabilities();
  registry.define("notes")
      .sync("first",
            [] {
              return Note{"first", {1, 2}};
            })
      .async("save", [](cloche::Call& call, const Note& note) -> cloche::Result<void> {
        if (note.title.empty()) return cloche::Error(cloche::Errc::invalid_argument, "a note needs a title");
        return call.sleep(std::chrono::milliseconds(1));
      });
  cloche::Policy policy;
  policy.add_grant("notes", "cloche.sample.*");
  auto host = cloche::Host::create({.registry = std::move(registry), .policy = std::move(policy)});
  if (!host) return 1;
  auto plugin = host->load(argv[1]);
  if (!plugin) {
    std::cerr << to_string(plugin.error()) << '\n';
    return 1;
  }
  const auto words = plugin->call<int>("count", "one two  three").get();
  if (!words) return 1;
  // A cast that only a warning of Cloche's own build would object to.
  std::cout << (long)*words << " words\n";
  return 0;
}
