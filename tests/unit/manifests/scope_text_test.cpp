#include "result_text.h"

#include <cloche/scope_text.h>

using cloche::parse_scope;
using cloche::ScopeSet;

namespace {

std::string complaint(std::string_view text) {
  const auto scope = parse_scope(text, "--allow");
  REQUIRE_FALSE(scope);
  CHECK(scope.error().code() == cloche::Errc::policy_invalid);
  REQUIRE(scope.error().where());
  return to_string(*scope.error().where()) + ": " + scope.error().message();
}

}  // namespace

TEST_CASE("a scope on its own is everything, a rule or a list of rules, in YAML or JSON") {
  CHECK(parse_scope("*", "--allow").value().everything);
  CHECK(parse_scope("\"*\"", "--allow").value().everything);
  CHECK(parse_scope("[]", "--allow").value().rules.empty());
  const ScopeSet one = parse_scope("{path: \"$WORKSPACE/**\", max_bytes: 8MiB}", "--allow").value();
  REQUIRE(one.rules.size() == 1);
  CHECK(std::get<std::string>(one.rules[0].fields.at("max_bytes")) == "8MiB");
  CHECK(one.origin.layer == cloche::Layer::grant);
  const ScopeSet two =
      parse_scope(R"([{"path": "a"}, {"path": "b", "list": ["c"], "flag": true}])", "--allow").value();
  REQUIRE(two.rules.size() == 2);
  CHECK(std::get<bool>(two.rules[1].fields.at("flag")));
  CHECK(parse_scope("path: a/**", "--allow").value().rules.size() == 1);
}

TEST_CASE("what is no scope is told of") {
  CHECK(complaint("everything").find("--allow:1:1: expected \"*\" or a list") == 0);
  CHECK(complaint("{}").find("--allow:1:1: this map is empty") == 0);
  CHECK(complaint("[{path: {a: b}}]").find("--allow:1:9: ") == 0);
  CHECK(complaint("{path: a").find("--allow:1:") == 0);
  CHECK(complaint("").find("empty") != std::string::npos);
}
