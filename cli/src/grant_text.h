#pragma once

#include <cloche/grants.h>
#include <cloche/policy.h>
#include <cloche/value.h>
#include <string>

namespace cloche::cli {

/// A scope as somebody wrote it, in one line; everything where none was written.
std::string scope_text(const ScopedCapability& capability);

/// How long a grant holds: `always`, `in the workspace /home/ann until 2027-01-01`.
std::string duration_text(const Policy::UserGrant& grant);

/// Which plugins: `com.acme.*`, `com.acme.x of the key ed25519:…, versions <1.2`.
std::string match_text(const PluginMatch& match);

/// `net.fetch: url https://a/*, but not url https://a/b, always`.
std::string grant_text(const Policy::UserGrant& grant);

/// The grant as a document.
Value grant_document(const Policy::UserGrant& grant);

}  // namespace cloche::cli
