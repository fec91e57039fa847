#pragma once

#include <cloche/registry.h>
#include <cloche/secret_store.h>
#include <memory>

namespace cloche {

/// `secrets`: `list`, the names a plugin may use as `${secret:NAME}` in the headers of `net`. Their values it
/// is never given.
///
/// A rule of its scope has a `name`, and the `url` pattern of the requests it may be sent with: name servers
/// that do not repeat what they are sent.
void define_secrets(Registry& registry, std::shared_ptr<SecretStore> store);

}  // namespace cloche
