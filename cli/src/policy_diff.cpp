#include "policy_verbs.h"
#include "rights.h"

#include <algorithm>
#include <cloche/text.h>
#include <cloche/upgrade.h>
#include <memory>
#include <string>
#include <utility>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Compares what two versions of a plugin ask for, as an application does before it takes a new one. What
asks for the same or provably for less passes silently, and so does what is new but optional: it stays ungranted.
What is required and new or wider needs a user's consent; until then the old version stays. A plugin with another
publisher's key inherits nothing.

The exit code is 0 where the new version passes silently, and 4 where somebody has to be asked.

Examples:
  cloche policy diff git-helper-2.3 git-helper-2.4
  cloche policy diff installed/git-helper downloaded/git-helper --json)";

struct Options {
  std::string old_folder;
  std::string new_folder;
};

constexpr std::size_t kKindWidth = 14;

std::string text_of(const CapabilityChange& change) {
  std::string kind(to_string(change.kind));
  kind.resize(std::max(kKindWidth, kind.size()), ' ');
  return "  " + kind + escape_controls(change.text) + " (" + to_string(change.where) + ")\n";
}

Value document_of(const CapabilityChange& change) {
  return Object{{"capability", change.capability},
                {"change", to_string(change.kind)},
                {"text", change.text},
                {"where", to_document(change.where)}};
}

ExitCode tell(const Manifest& before, const Manifest& after, const Upgrade& upgrade, const Report& report) {
  const std::string versions = to_string(before.version) + " -> " + to_string(after.version);
  std::string text = after.id + " " + versions + ": " + upgrade.text + "\n";
  Array changes;
  for (const CapabilityChange& change : upgrade.changes) {
    text += text_of(change);
    changes.push_back(document_of(change));
  }
  const bool silent = upgrade.verdict == Upgrade::Verdict::silent;
  return report.tell(Object{{"plugin", after.id},
                            {"old_version", to_string(before.version)},
                            {"new_version", to_string(after.version)},
                            {"verdict", to_string(upgrade.verdict)},
                            {"text", upgrade.text},
                            {"changes", std::move(changes)}},
                     text, silent ? ExitCode::done : ExitCode::not_capable);
}

ExitCode run(const Options& options, const Report& report) {
  const auto before = open_manifest(options.old_folder);
  if (!before) return report.fail(before.error());
  const auto after = open_manifest(options.new_folder);
  if (!after) return report.fail(after.error());
  const auto catalogue = catalogue_for(options.new_folder);
  if (!catalogue) return report.fail(catalogue.error());
  return tell(*before, *after, compare(*before, *after, *catalogue), report);
}

}  // namespace

void add_policy_diff(Program& program, CLI::App& group) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb_of(group, "diff", "Compare what two versions of a plugin ask for", kDetails,
                          [options](const Report& report) { return run(*options, report); });
  verb.add_option("OLD_DIR", options->old_folder, "The folder of the version that was accepted")->required();
  verb.add_option("NEW_DIR", options->new_folder, "The folder of the new one")->required();
}

}  // namespace cloche::cli
