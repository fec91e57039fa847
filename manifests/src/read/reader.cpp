#include "reader.h"

#include <algorithm>
#include <cloche/units.h>

namespace cloche::read {
namespace {

using yaml::Node;

ScopeValue value_of(const Node& node) {
  if (node.kind == Node::Kind::boolean) return node.flag;
  if (node.kind == Node::Kind::integer) return node.magnitude;
  if (node.kind == Node::Kind::text) return node.text;
  std::vector<std::string> texts;
  for (const Node& item : node.items) texts.push_back(item.text);
  return texts;
}

// Longer than any name a host would choose, and short enough for a key of YAML (1.2, section 7.4.2).
constexpr std::size_t kMaxFieldName = 128;

// A plugin with none of these could not run at all.
bool must_be_positive(std::string_view limit) {
  return limit == "heap" || limit == "stack" || limit == "message" || limit == "cpu_per_call" ||
         limit == "wall_per_call";
}

}  // namespace

const std::vector<Node>& items(const Node& map, std::string_view key) {
  static const std::vector<Node> kNone;
  const Node* node = map.find(key);
  return node == nullptr ? kNone : node->items;
}

std::string Reader::checked(const Node& node, Check check) {
  if (check == nullptr) return node.text;
  auto complaint = check(node.text);
  if (!complaint) return node.text;
  complain(node, std::move(*complaint));
  return {};
}

std::string Reader::text(const Node& map, std::string_view key, Check check) {
  const Node* node = map.find(key);
  return node == nullptr ? std::string() : checked(*node, check);
}

std::vector<std::string> Reader::texts(const Node& map, std::string_view key, Check check) {
  std::vector<std::string> texts;
  for (const Node& item : items(map, key)) texts.push_back(checked(item, check));
  return texts;
}

bool Reader::flag(const Node& map, std::string_view key, bool otherwise) {
  const Node* node = map.find(key);
  return node == nullptr ? otherwise : node->flag;
}

Version Reader::version(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  if (node == nullptr) return {};
  auto version = Version::parse(node->text);
  if (version) return *std::move(version);
  complain(*node, version.error().message());
  return {};
}

std::optional<VersionRange> Reader::range(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  if (node == nullptr) return std::nullopt;
  auto range = VersionRange::parse(node->text);
  if (range) return *std::move(range);
  complain(*node, range.error().message());
  return std::nullopt;
}

std::optional<Isolation> Reader::isolation(const Node& map, std::string_view key) {
  if (map.find(key) == nullptr) return std::nullopt;
  return choice(map, key, {{"context", Isolation::context}, {"process", Isolation::process}},
                Isolation::isolate);
}

void Reader::read_limit(const Node& node, std::string_view name, std::optional<std::uint64_t>& out) {
  if (node.kind == Node::Kind::integer) {
    out = node.magnitude;
    return;
  }
  const auto size = parse_size(node.text);
  if (!size) return complain(node, size.error().message());
  if (*size == 0 && must_be_positive(name))
    return complain(node, "nothing runs with this; write more than 0B");
  out = *size;
}

void Reader::read_limit(const Node& node, std::string_view name, std::optional<Duration>& out) {
  const auto duration = parse_duration(node.text);
  if (!duration) return complain(node, duration.error().message());
  if (duration->count() == 0 && must_be_positive(name)) {
    return complain(node, "nothing runs with this; write more than 0ns");
  }
  out = *duration;
}

LimitRequests Reader::limits(const Node& map, std::string_view key) {
  LimitRequests limits;
  const Node* node = map.find(key);
  if (node == nullptr) return limits;
  each_limit([&](std::string_view name, auto request, auto) {
    if (const Node* limit = node->find(name)) read_limit(*limit, name, limits.*request);
  });
  return limits;
}

ScopeRule Reader::rule(const Node& map, std::initializer_list<std::string_view> besides) {
  ScopeRule rule;
  rule.where = where(map);
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const std::string& name = map.keys[i].text;
    if (std::find(besides.begin(), besides.end(), name) != besides.end()) continue;
    if (name.size() > kMaxFieldName)
      complain(map.keys[i], "no field of a scope has so long a name; leave it out");
    rule.fields.emplace(name, value_of(map.items[i]));
    rule.places.emplace(name, where(map.items[i]));
  }
  return rule;
}

ScopeSet Reader::scope(const Node* node, Layer layer) {
  ScopeSet set;
  set.origin.layer = layer;
  if (node == nullptr) return set;
  set.origin.where = where(*node);
  set.everything = node->kind == Node::Kind::text;  // the schema allows one text only: "*"
  for (const Node& item : node->items) set.rules.push_back(rule(item));
  return set;
}

PluginMatch Reader::match(const Node& map) {
  PluginMatch match;
  if (map.find("plugin") != nullptr) match.plugin = text(map, "plugin", check_plugin_pattern);
  if (map.find("publisher_key") != nullptr)
    match.publisher_key = text(map, "publisher_key", check_key_or_none);
  match.version = range(map, "version");
  return match;
}

}  // namespace cloche::read
