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
capabilities:
  required:
    - {id: bench, reason: To be measured}
limits: {cpu_per_call: 20s, wall_per_call: 60s}
)";

class OneFile final : public PackageFiles {
 public:
  [[nodiscard]] Result<std::string> read(std::string_view) const override {
    return std::string(kPluginSource);
  }
};

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "cloche-bench: %s\n", to_string(result.error()).c_str());
  std::exit(1);
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
  return need(Host::create({.registry = std::move(registry), .policy = Policy::grant_all(), .workers = 0}));
}

Plugin load(Host& host) {
  static const Manifest manifest = need(parse_manifest(kManifest, "plugin.yaml"));
  static const auto files = std::make_shared<const OneFile>();
  return need(host.load(manifest, files));
}

}  // namespace cloche::bench
