#include "plugin_name.h"
#include "policy_layers.h"
#include "policy_verbs.h"
#include "rights.h"

#include <algorithm>
#include <chrono>
#include <cloche/resolve.h>
#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Prints what the policies and the file of grants say, layer by layer with the line of each, and what that
comes to: for each capability there is, the most a plugin can hold that asks for all of it as something optional. Without PLUGIN that is a
plugin that nothing names; with a plugin's folder or id, that one.

Examples:
  cloche policy show --policy policy.yaml
  cloche policy show com.acme.git-helper --policy host.yaml --policy organisation.yaml --grants grants.yaml
  cloche policy show my-plugin --policy policy.yaml --json)";

struct Options {
  RightsOptions rights;
  std::string plugin;
};

/// What is at most granted of one capability.
struct Most {
  std::string capability;
  std::string verdict;  ///< granted, ask or denied
  std::string text;
};

// A plugin that asks for everything.
Manifest greedy(const PluginName& name, const Catalogue& catalogue) {
  Manifest manifest;
  manifest.id = name.id;
  manifest.version = Version{1, 0, 0, {}, {}};
  if (name.manifest) {
    manifest.version = name.manifest->version;
    manifest.publisher = name.manifest->publisher;
  }
  for (const CatalogueEntry& entry : catalogue.entries) {
    if (entry.implicit) continue;  // held by everybody, whatever a policy says
    CapabilityRequest& request = manifest.optional.emplace_back();
    request.id = entry.id;
    request.has_allow = true;
    request.allow.everything = true;
  }
  return manifest;
}

std::string joined(const std::vector<ScopeSet>& sets, const CatalogueEntry& entry, const char* between) {
  std::vector<std::string> said;
  std::string text;
  for (const ScopeSet& set : sets) {
    std::string one = set.everything ? std::string() : describe(set, entry);
    if (one.empty() || std::ranges::find(said, one) != said.end()) continue;
    text += (text.empty() ? "" : between) + one;
    said.push_back(std::move(one));
  }
  return text;
}

std::string text_of(const Grant& grant, const CatalogueEntry& entry) {
  const std::string allowed = joined(grant.allow, entry, ", and only ");
  const std::string denied = joined(grant.deny, entry, ", nor ");
  return (allowed.empty() ? "everything" : allowed) + (denied.empty() ? "" : ", but not " + denied);
}

std::string why_not(const Decision& decision) {
  const auto step = std::ranges::find(decision.steps, DecisionStep::Effect::denies, &DecisionStep::effect);
  if (step == decision.steps.end()) return {};
  const std::string where = to_string(step->origin.where);
  return step->text + (where.empty() ? "" : " (" + where + ")");
}

std::vector<Most> most_of(const Grants& grants, const Catalogue& catalogue) {
  std::vector<Most> most;
  for (const Decision& decision : grants.decisions) {
    const CatalogueEntry& entry = *catalogue.find(decision.capability);
    if (const Grant* grant = grants.find(entry.id)) {
      most.push_back({entry.id, "granted", text_of(*grant, entry)});
    } else {
      most.push_back({entry.id, decision.prompt ? "ask" : "denied", why_not(decision)});
    }
  }
  return most;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, result.size()), ' ');
  return result;
}

std::string text_of(const std::vector<PolicyLine>& lines, const std::vector<Most>& most,
                    const std::string& plugin) {
  std::string text = "what is said\n";
  for (const PolicyLine& line : lines) {
    const std::string where = to_string(line.where);
    text += "  " + padded(to_string(line.layer), 13) + (where.empty() ? "" : where + ": ") + line.text + "\n";
  }
  text += "what " + (plugin.empty() ? std::string("a plugin that nothing names") : plugin) +
          " can hold at most\n";
  for (const Most& one : most) {
    text += "  " + padded(one.capability, 18) + padded(one.verdict, 9) + escape_controls(one.text) + "\n";
  }
  return text;
}

Value document_of(const std::vector<PolicyLine>& lines, const std::vector<Most>& most,
                  const std::string& plugin) {
  Array layers;
  for (const PolicyLine& line : lines) {
    Object object{{"layer", to_string(line.layer)}, {"text", line.text}};
    if (line.where.line != 0) object.emplace_back("where", to_document(line.where));
    layers.push_back(std::move(object));
  }
  Array capabilities;
  for (const Most& one : most) {
    capabilities.push_back(
        Object{{"capability", one.capability}, {"verdict", one.verdict}, {"text", one.text}});
  }
  Object document{{"layers", std::move(layers)}, {"capabilities", std::move(capabilities)}};
  if (!plugin.empty()) document.emplace_back("plugin", plugin);
  return document;
}

ExitCode run(const Options& options, const Report& report) {
  const auto name = options.plugin.empty() ? Result<PluginName>(PluginName{"any.plugin", {}})
                                           : read_plugin_name(options.plugin);
  if (!name) return report.fail(name.error());
  const auto policy = read_policy(options.rights);
  if (!policy) return report.fail(policy.error());
  const bool is_folder = name->manifest.has_value();
  const auto catalogue = catalogue_for(is_folder ? options.plugin : ".");
  if (!catalogue) return report.fail(catalogue.error());
  const Grants grants = resolve(greedy(*name, *catalogue), *policy, *catalogue,
                                {.now = std::chrono::system_clock::now(),
                                 .can_prompt = true,
                                 .workspace = workspace_path(options.rights.workspace).string()});
  const auto lines = lines_of(*policy);
  const auto most = most_of(grants, *catalogue);
  const std::string shown = options.plugin.empty() ? std::string() : escape_controls(name->id);
  return report.tell(document_of(lines, most, shown), text_of(lines, most, shown));
}

}  // namespace

void add_policy_show(Program& program, CLI::App& group) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb_of(group, "show", "Show what policies and grants say, and what it comes to", kDetails,
                          [options](const Report& report) { return run(*options, report); });
  verb.add_option("PLUGIN", options->plugin, "A plugin's folder or id");
  add_rights_options(verb, options->rights);
}

}  // namespace cloche::cli
