#include "subject.h"

#include <cstdio>
#include <cstdlib>

namespace cloche::bench {
namespace {

constexpr std::string_view kManifest = R"(manifest_version: 1
id: com.example.bench
name: Bench
version: 1.0.0
main: main.mjs
limits: {cpu_per_call: 600s, wall_per_call: 600s}
)";

class OneFile final : public PackageFiles {
 public:
  explicit OneFile(std::string_view source) : source_(source) {}
  [[nodiscard]] Result<std::string> read(std::string_view) const override { return source_; }

 private:
  std::string source_;
};

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "cloche-bench: %s\n", to_string(result.error()).c_str());
  std::exit(1);
}

Manifest manifest_for(const Host& host) {
  std::string text(kManifest);
  if (!host.registry().catalogue().entries.empty()) text += "capabilities:\n  required:\n";
  for (const CatalogueEntry& entry : host.registry().catalogue().entries) {
    text += "    - {id: " + entry.id + ", reason: To be measured}\n";
  }
  return need(parse_manifest(text, "plugin.yaml"));
}

}  // namespace

const std::string_view kPluginSource = R"(import { add1 } from "cap:bench";

const limits = Object.freeze({ maxTags: 16, maxName: 64 });

class Ledger {
  constructor() { this.byKind = new Map(); this.calls = 0; }
  note(kind) { this.calls++; this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + 1); }
  report() { return { calls: this.calls, kinds: Object.fromEntries(this.byKind) }; }
}
const ledger = new Ledger();

function checkedName(name) {
  if (typeof name !== "string" || name.length > limits.maxName) throw new TypeError("name: at most 64 characters");
  return name.trim();
}

export function handle(x) { return x * 2 + 1; }
export function addMany(n) { let s = 0; for (let i = 0; i < n; i++) s = add1(s); return s; }
export function record(entry) { ledger.note(entry.kind); return { id: entry.id + 1, name: checkedName(entry.name) }; }
export function report() { return ledger.report(); }
)";

Host make_host() {
  Registry registry;
  registry.define("bench").sync("add1", [](double x) { return x + 1; });
  return make_host(0, std::move(registry));
}

Host make_host(unsigned workers, Registry registry) {
  return make_host({.registry = std::move(registry), .policy = Policy::grant_all(), .workers = workers});
}

Host make_host(HostOptions options) { return need(Host::create(std::move(options))); }

// What reading the manifest takes is not measured.
Plugin load(Host& host) {
  static const Manifest manifest = manifest_for(host);
  static const auto files = std::make_shared<const OneFile>(kPluginSource);
  return need(host.load(manifest, files));
}

Plugin load(Host& host, std::string_view source, const LoadOptions& options) {
  return need(try_load(host, source, options));
}

Result<Plugin> try_load(Host& host, std::string_view source, const LoadOptions& options) {
  return host.load(manifest_for(host), std::make_shared<const OneFile>(source), options);
}

}  // namespace cloche::bench
