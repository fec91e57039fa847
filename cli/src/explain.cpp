#include "rights.h"
#include "verb.h"

#include <algorithm>
#include <chrono>
#include <cloche/limit_requests.h>
#include <cloche/package.h>
#include <cloche/resolve.h>
#include <cloche/text.h>
#include <cloche/units.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Says for each capability that the plugin asks for, or for CAP alone, whether it is granted,
which layer decided so at which line, and why. Explaining a denial is a success: the exit code
is 0.

Examples:
  cloche explain my-plugin
  cloche explain my-plugin fs.read --policy policy.yaml
  cloche explain my-plugin --policy host.yaml --policy organisation.yaml --grants grants.yaml
  cloche explain my-plugin --policy policy.yaml --json)";

struct Options {
  RightsOptions rights;
  std::string folder;
  std::string capability;
};

std::string_view word(DecisionStep::Effect effect) {
  switch (effect) {
    case DecisionStep::Effect::asks: return "asks";
    case DecisionStep::Effect::allows: return "allows";
    case DecisionStep::Effect::narrows: return "narrows";
    case DecisionStep::Effect::denies: return "denies";
  }
  return "";
}

std::string_view verdict(const Decision& decision) {
  if (decision.granted) return "granted";
  return decision.prompt ? "not granted, but the user may be asked" : "not granted";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, result.size()), ' ');
  return result;
}

std::string text_of(const DecisionStep& step) {
  std::string line = "    " + padded(to_string(step.origin.layer), 13) + padded(word(step.effect), 8);
  if (const std::string where = to_string(step.origin.where); !where.empty()) line += where + ": ";
  return line + step.text;
}

std::string text_of(const Decision& decision) {
  std::string text = "  " + decision.capability + (decision.required ? " (required): " : " (optional): ");
  text += std::string(verdict(decision)) + "\n";
  if (!decision.reason.empty()) text += "    reason given: \"" + escape_controls(decision.reason) + "\"\n";
  for (const DecisionStep& step : decision.steps) text += escape_controls(text_of(step)) + "\n";
  return text;
}

Value document_of(const DecisionStep& step) {
  Object object{{"layer", to_string(step.origin.layer)}, {"effect", word(step.effect)}, {"text", step.text}};
  if (const Value where = to_document(step.origin.where); where.find("file") != nullptr) {
    object.emplace_back("where", where);
  }
  return object;
}

Value document_of(const Decision& decision) {
  Array steps;
  for (const DecisionStep& step : decision.steps) steps.push_back(document_of(step));
  return Object{{"capability", decision.capability}, {"required", decision.required},
                {"granted", decision.granted},       {"prompt", decision.prompt},
                {"reason", decision.reason},         {"steps", std::move(steps)}};
}

// Sizes and durations as people write them; counts as numbers.
Value limit_value(ByteCount value, std::string_view name) {
  if (value == Limits::kUnlimited) return "unlimited";
  const bool count =
      name == "timers" || name == "pending" || name == "mailbox" || name == "host_calls_per_second";
  return count ? Value(static_cast<double>(value)) : Value(format_size(value));
}
Value limit_value(Duration value, std::string_view) { return format_duration(value); }

Value document_of(const Limits& limits) {
  Object object;
  each_limit([&](const char* name, auto, auto member) {
    object.emplace_back(name, limit_value(limits.*member, name));
  });
  return object;
}

std::string text_of(const Grants& grants, const std::vector<Decision>& decisions) {
  const auto missing = missing_required(grants);
  std::string text = escape_controls(grants.plugin) + " " + grants.version + ": " +
                     (missing ? "cannot be loaded" : "can be loaded") + ", isolation " +
                     std::string(to_string(grants.isolation)) + "\n";
  for (const Decision& decision : decisions) text += text_of(decision);
  if (decisions.empty()) text += "  it asks for no capability\n";
  return text;
}

Value document_of(const Grants& grants, const std::vector<Decision>& decisions) {
  Array array;
  for (const Decision& decision : decisions) array.push_back(document_of(decision));
  Object object{{"plugin", grants.plugin},
                {"version", grants.version},
                {"loadable", !missing_required(grants).has_value()},
                {"isolation", to_string(grants.isolation)},
                {"limits", document_of(grants.limits)},
                {"decisions", std::move(array)}};
  return object;
}

Result<Grants> resolve_grants(const Options& options, const Catalogue& catalogue) {
  auto manifest = open_manifest(options.folder);
  if (!manifest) return manifest.error();
  auto policy = read_policy(options.rights);
  if (!policy) return policy.error();
  return resolve(*manifest, *policy, catalogue,
                 {.now = std::chrono::system_clock::now(),
                  .workspace = workspace_path(options.rights.workspace).string()});
}

std::vector<Decision> about(const Grants& grants, const std::vector<std::string>& capabilities) {
  std::vector<Decision> found;
  for (const std::string& capability : capabilities) {
    if (const Decision* decision = grants.decision(capability)) found.push_back(*decision);
  }
  return found;
}

ExitCode explain(const Grants& grants, const std::vector<Decision>& decisions, const Report& report) {
  return report.tell(document_of(grants, decisions), text_of(grants, decisions));
}

ExitCode run(const Options& options, const Report& report) {
  const auto catalogue = catalogue_for(options.folder);
  if (!catalogue) return report.fail(catalogue.error());
  const auto grants = resolve_grants(options, *catalogue);
  if (!grants) return report.fail(grants.error());
  if (options.capability.empty()) return explain(*grants, grants->decisions, report);
  const auto capabilities = expand_capability(options.capability, *catalogue);
  if (!capabilities) return report.misused(capabilities.error().message());
  const auto decisions = about(*grants, *capabilities);
  if (!decisions.empty()) return explain(*grants, decisions, report);
  return report.tell(document_of(*grants, decisions),
                     "  " + options.capability + ": not asked for, so not granted\n");
}

}  // namespace

void add_explain(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb("explain", "Say which layer granted or denied each capability, and why", kDetails,
                       [options](const Report& report) { return run(*options, report); });
  verb.add_option("DIR", options->folder, "The plugin's folder, with its plugin.yaml")->required();
  verb.add_option("CAP", options->capability, "A capability such as fs.read, or a module such as fs");
  add_rights_options(verb, options->rights);
  add_grant_all(verb, options->rights);
}

}  // namespace cloche::cli
