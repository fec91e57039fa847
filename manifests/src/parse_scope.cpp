#include "problems.h"
#include "read/reader.h"
#include "schema/validate.h"
#include "yaml/load.h"

#include <cloche/scope_text.h>
#include <utility>

namespace cloche {
namespace {

using yaml::Node;

Node text_node(std::string text) {
  Node node;
  node.kind = Node::Kind::text;
  node.text = std::move(text);
  return node;
}

Node list_of(Node item) {
  Node list;
  list.kind = Node::Kind::list;
  list.place = item.place;
  list.items.push_back(std::move(item));
  return list;
}

void put(Node& map, std::string key, Node value) {
  map.kind = Node::Kind::map;
  map.keys.push_back({std::move(key), value.place});
  map.items.push_back(std::move(value));
}

// A policy whose one grant has `scope`, so that the schema of policies judges it.
Node policy_with(Node scope) {
  Node grant;
  put(grant, "plugin", text_node("*"));
  put(grant, "capability", text_node("*"));
  put(grant, "allow", std::move(scope));
  Node version;
  version.kind = Node::Kind::integer;
  version.text = "1";
  version.magnitude = 1;
  Node policy;
  put(policy, "policy_version", std::move(version));
  put(policy, "grants", list_of(std::move(grant)));
  return policy;
}

}  // namespace

Result<ScopeSet> parse_scope(std::string_view text, std::string_view name) {
  if (text == "*") return ScopeSet{{Layer::grant, {}}, true, {}};  // which YAML would take for an alias
  auto document = yaml::load(text, name, Errc::policy_invalid);
  if (!document) return document.error();
  if (document->kind == Node::Kind::map) document = list_of(*std::move(document));
  Problems problems(Errc::policy_invalid, name);
  const Node policy = policy_with(*document);
  schema::validate(schema::Which::policy, policy, problems);
  if (!problems.empty()) return problems.take();
  ScopeSet scope = read::Reader(problems).scope(&*document, Layer::grant);
  if (!problems.empty()) return problems.take();
  return scope;
}

}  // namespace cloche
