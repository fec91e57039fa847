#pragma once

#include <cloche/catalogue.h>
#include <string>
#include <string_view>

// Texts and a catalogue that several tests of this folder share.

inline constexpr std::string_view kKey = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
inline constexpr std::string_view kOtherKey = "ed25519:22qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// A manifest that uses every field there is.
inline constexpr std::string_view kWholeManifest = R"(# yaml-language-server: $schema=plugin.v1.schema.json
manifest_version: 1
id: com.acme.git-helper                  # reverse DNS, lower case
name: Git Helper
description: Blame and history beside the text
version: 2.3.0                           # SemVer
license: MIT
publisher: {name: Acme, key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
engines: {host: ">=3.2 <4", api: "^1.4"}
main: dist/main.ts
isolation: isolate
activation: ["onCommand:git.blame", "onEvent:file.open", onStartup]
integrity: {dist/main.ts: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
capabilities:
  required:
    - id: fs.read
      reason: Show blame for the open file
      allow: [{path: "$WORKSPACE/**", max_bytes: 8MiB}]
      deny:  [{path: "$WORKSPACE/.env*"}]
  optional:
    - id: net.fetch
      reason: Pull-request titles
      allow: [{url: "https://*.example.com/*", methods: [GET], redirects: same-rule}]
      when_denied: throw
    - id: exec
      reason: Run git
      allow: [{command: git, args: [blame, "**"]}]
dependencies:
  com.acme.core: {version: "^2.1", optional: false, inherit: []}
provides: [{interface: acme:git/blame, version: 1.2.0, types: types/blame.d.ts}]
uses:     [{interface: acme:text/diff, version: "^1.0", optional: true}]
config: {schema: config.schema.json, defaults: {depth: 50}}
contributes:
  commands: [{id: git.blame, title: Blame this line, shortcut: Ctrl+Alt+B}]
limits: {heap: 64MiB, external: 32MiB, cpu_per_call: 50ms, wall_per_call: 2s, stack: 512KiB, timers: 100, pending: 1000,
         mailbox: 256, message: 4MiB, host_calls_per_second: 5000, log_per_second: 64KiB, storage: 10MiB}
code_generation: true
hot_reload: {state: export}
)";

/// A policy that uses every field there is.
inline constexpr std::string_view kWholePolicy = R"(policy_version: 1
defaults: {unlisted: deny, optional: prompt, prompt_timeout: deny, no_ui: deny, isolation_at_least: isolate}
sets:
  ro-workspace: [{id: fs.read, allow: [{path: "$WORKSPACE/**"}]}]
ceiling:
  - match: {plugin: "*"}
    deny: [{id: "fs.*", allow_none_of: [{path: "$HOME/.ssh/**"}]}, {id: "net.*", addresses: [private, loopback, link-local]}]
    limits: {heap: 128MiB}
organisation:
  - {match: {publisher_key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, max: [ro-workspace], locked: true}
grants:
  - {plugin: com.acme.git-helper, publisher_key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", version: "2.x",
     manifest_digest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", capability: net.fetch,
     allow: [{url: "https://api.example.com/*"}], lifetime: always, expires: 2027-01-01}
revoked: [{plugin: com.evil.x, version: "<1.2"}]
audit: {file: audit.jsonl, events: [allow, deny, prompt, grant, revoke]}
)";

inline cloche::Catalogue sample_catalogue() {
  using cloche::ScopeKind;
  return {{
      {"log", "Write to the log", {}, {"info"}},
      {"storage", "Keep settings", {}, {"get", "set"}},
      {"fs.read",
       "Read files",
       {{"path", ScopeKind::path, true, {}}, {"max_bytes", ScopeKind::size, false, {}}},
       {"readText"}},
      {"fs.write", "Write files", {{"path", ScopeKind::path, true, {}}}, {"writeText"}},
      {"net.fetch",
       "Fetch over HTTP",
       {{"url", ScopeKind::url, true, {}},
        {"methods", ScopeKind::text_list, false, {"GET", "HEAD", "POST"}},
        {"redirects", ScopeKind::text, false, {"same-rule", "none"}},
        {"addresses", ScopeKind::text_list, false, {"private", "loopback", "link-local"}},
        {"timeout", ScopeKind::duration, false, {}},
        {"retries", ScopeKind::count, false, {}},
        {"cookies", ScopeKind::flag, false, {}}},
       {"fetch"}},
      {"exec",
       "Run programs",
       {{"command", ScopeKind::text, true, {}}, {"args", ScopeKind::text_list, false, {}}},
       {"run"}},
  }};
}

/// A manifest with nothing but what is needed, and then `rest`.
inline std::string small_manifest(std::string_view rest) {
  return "manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: main.js\n" + std::string(rest);
}
