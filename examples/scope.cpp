// A capability of the application's own whose grants have a scope: a struct says what a rule is, a function what it means.

#include <cloche/cloche.h>
#include <iostream>
#include <optional>
#include <string>

// A rule, as manifests and policies write it: {language: md, size: 1MiB}.
struct OpenRule {
  std::string language;  // "*": any
  std::optional<cloche::ScopeSize> size;
};
BOOST_DESCRIBE_STRUCT(OpenRule, (), (language, size))

struct Document {
  std::string language;
  std::uint64_t size = 0;
};

bool matches(const OpenRule& rule, const Document& document) {
  return (rule.language == "*" || rule.language == document.language) &&
         (!rule.size || document.size <= rule.size->bytes);
}

cloche::Result<std::string> open(cloche::Call& call, const std::string& name) {
  const Document document{name.substr(name.rfind('.') + 1), 2000};
  const auto& scope = call.scope<cloche::RuleScope<OpenRule, Document>>();
  // What the manifest asks for, what every layer of the policy allows, and what none denies; the audit is told.
  if (auto admitted = scope.admit(call, document, name); !admitted) return admitted.error();
  return "opened " + name;
}

int main(int argc, char** argv) {
  cloche::Registry registry = cloche::builtin_capabilities();
  registry.define("editor.open").scope<OpenRule>(matches).sync("open", open, {{"name"}, "Shows a document."});

  auto policy = cloche::parse_policy(R"(
policy_version: 1
grants:
  - {plugin: com.example.notes, capability: editor.open, allow: [{language: md, size: 1MiB}]}
)",
                                     "policy.yaml");
  if (!policy) return std::cerr << to_string(policy.error()) << '\n', 1;
  auto host = cloche::Host::create({.registry = std::move(registry), .policy = std::move(*policy)});
  if (!host) return std::cerr << to_string(host.error()) << '\n', 1;
  auto plugin = host->load(argc > 1 ? argv[1] : "examples/notes-plugin");
  if (!plugin) return std::cerr << to_string(plugin.error()) << '\n', 1;

  for (const char* name : {"todo.md", "secret.txt"}) {
    auto shown = plugin->call<std::string>("show", name).get();
    std::cout << (shown ? *shown : to_string(shown.error())) << '\n';
  }
}
