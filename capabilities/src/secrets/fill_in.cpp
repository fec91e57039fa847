#include "secrets/fill_in.h"

#include "secrets/secret_scope.h"
#include "text/ecma_text.h"

namespace cloche::secrets {
namespace {

constexpr std::string_view kBegin = "${secret:";

std::string quoted(std::string_view name) { return "'" + text::excerpt(name, 100) + "'"; }

Result<std::string> value_of(Call& call, SecretStore* store, const net::Url& url, std::string_view name) {
  const Holding* holding = store == nullptr ? nullptr : call.holdings().find("secrets");
  if (holding == nullptr) {
    return Error(Errc::not_capable,
                 "the secret " + quoted(name) +
                     " cannot be used: the plugin does not ask for the capability 'secrets'");
  }
  if (!holding->granted()) return not_capable(*holding);
  if (!static_cast<const SecretScope*>(holding->scope())->allows(name, url)) {
    return Error(Errc::not_capable, "the secret " + quoted(name) + " may not be sent to '" + url.shown() +
                                        "': no rule of what this plugin was granted of secrets allows it");
  }
  auto value = store->value(call.plugin().id, name);
  if (!value) return value.error();
  if (!*value)
    return Error(Errc::invalid_argument, "there is no secret " + quoted(name) + "; ask the host for it");
  return *std::move(*value);
}

}  // namespace

bool refers_to_secret(std::string_view value) noexcept {
  return value.find(kBegin) != std::string_view::npos;
}

Result<std::string> fill_in(Call& call, SecretStore* store, const net::Url& url, std::string_view value) {
  std::string filled;
  while (true) {
    const std::size_t begin = value.find(kBegin);
    filled += value.substr(0, begin);
    if (begin == std::string_view::npos) return filled;
    value.remove_prefix(begin + kBegin.size());
    const std::size_t end = value.find('}');
    if (end == std::string_view::npos)
      return Error(Errc::invalid_argument,
                   "a header begins to name a secret and does not end it; write ${secret:NAME}");
    auto secret = value_of(call, store, url, value.substr(0, end));
    if (!secret) return secret;
    filled += *secret;
    value.remove_prefix(end + 1);
  }
}

}  // namespace cloche::secrets
