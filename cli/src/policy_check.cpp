#include "findings.h"
#include "policy_verbs.h"
#include "rights.h"

#include <cloche/grant_store.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Checks policies one by one, against the capabilities there are, and as they are read together: a name
of a set, for instance, must mean one set. With --grants it also checks a file of grants, which may have nothing
but grants, revocations and what was accepted in it. What is wrong is printed, all of it, one line each:
FILE:LINE:COLUMN: error[CODE]: TEXT

What an application adds to the built-in capabilities is read from cloche-host.json in the file's folder or the
nearest above.

Examples:
  cloche policy check policy.yaml
  cloche policy check host.yaml organisation.yaml --grants grants.yaml
  cloche policy check policy.yaml --json)";

struct Options {
  std::vector<std::string> policies;
  std::string grants;
};

void check_policies(const std::vector<std::string>& paths, Findings& findings) {
  std::vector<Policy> policies;
  for (const std::string& path : paths) {
    findings.add_file();
    auto policy = read_policy_file(path);
    if (!policy) {
      findings.add(policy.error());
    } else {
      policies.push_back(*std::move(policy));
    }
  }
  if (const auto all = Policy::combine(std::move(policies)); !all) findings.add(all.error());
}

void check_grants(const std::string& path, Findings& findings) {
  findings.add_file();
  const auto store = GrantStore::open(path);
  const auto catalogue = catalogue_for(path);
  if (!store) return findings.add(store.error());
  if (!catalogue) return findings.add(catalogue.error());
  if (const auto good = check_capabilities(with_grants({}, *store), *catalogue); !good)
    findings.add(good.error());
}

ExitCode run(const Options& options, const Report& report) {
  if (options.policies.empty() && options.grants.empty())
    return report.misused("name a policy, or --grants FILE");
  Findings findings;
  check_policies(options.policies, findings);
  if (!options.grants.empty()) check_grants(options.grants, findings);
  return findings.tell(report);
}

}  // namespace

void add_policy_check(Program& program, CLI::App& group) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb_of(group, "check", "Check policies, each for itself and all together", kDetails,
                          [options](const Report& report) { return run(*options, report); });
  verb.add_option("FILE", options->policies, "A policy");
  verb.add_option("--grants", options->grants, "A file of grants")->type_name("FILE");
}

}  // namespace cloche::cli
