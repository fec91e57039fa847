#pragma once

#include <cloche/builtin/net.h>
#include <cloche/builtin/secrets.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "http_server.h"
#include "scripted_resolver.h"
#include "support.h"

namespace cloche::testing {

using Fields = std::map<std::string, ScopeValue, std::less<>>;

inline ScopeSet layer(std::vector<Fields> rules) {
  ScopeSet set;
  for (Fields& fields : rules) set.rules.push_back({std::move(fields), {}, {}});
  return set;
}

/// One layer that allows `rules`.
inline Grant net_grant(std::vector<Fields> rules, std::vector<ScopeSet> deny = {}) {
  return {"net.fetch", {layer(std::move(rules))}, std::move(deny)};
}

/// A plugin that holds `grants` of `net` and, where the options have any, of `secrets`.
inline Caller net_plugin(std::vector<Grant> grants, NetOptions options = {}, Limits limits = {},
                         std::string id = "com.acme.test") {
  auto registry = std::make_shared<Registry>();
  if (options.secrets) define_secrets(*registry, options.secrets);
  define_net(*registry, std::move(options));
  Grants held = grants_of(std::move(grants));
  held.limits = limits;
  return Caller::make(std::move(registry), std::move(held), std::move(id)).value();
}

/// What went wrong; `internal` when nothing did.
inline Errc code_of(const Result<Value>& result) { return result ? Errc::internal : result.error().code(); }

inline std::string body_of(const Result<Value>& response) {
  const auto* bytes = response ? response->find("body")->as<Bytes>() : nullptr;
  return bytes == nullptr ? to_string(response.error()) : std::string(bytes->begin(), bytes->end());
}

}  // namespace cloche::testing
