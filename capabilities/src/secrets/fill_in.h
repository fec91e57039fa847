#pragma once

#include <cloche/call.h>
#include <cloche/secret_store.h>
#include <string>
#include <string_view>

#include "net/url.h"

namespace cloche::secrets {

/// Whether `value` refers to a secret: `Bearer ${secret:NAME}`.
[[nodiscard]] bool refers_to_secret(std::string_view value) noexcept;

/// `value` with the secrets it refers to, for a request of `url` by the plugin of `call`. The plugin's grant
/// of `secrets` decides; that capability must be the one of `define_secrets`. No error tells a value. Errors:
/// `not_capable`; `invalid_argument` for a reference that is none, or a secret that is not there; those of
/// the store.
[[nodiscard]] Result<std::string> fill_in(Call& call, SecretStore* store, const net::Url& url,
                                          std::string_view value);

}  // namespace cloche::secrets
