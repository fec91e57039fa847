#include "policy_verbs.h"

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Examples:
  cloche policy show --policy host.yaml --policy organisation.yaml --grants grants.yaml
  cloche policy check host.yaml organisation.yaml
  cloche policy diff plugin-1.2 plugin-1.3 --json

'cloche policy VERB --help' says more about each.)";

}  // namespace

void add_policy(Program& program) {
  CLI::App& group = program.add_group(
      "policy", "Show policies, check them, compare what versions of a plugin ask for", kDetails);
  add_policy_show(program, group);
  add_policy_check(program, group);
  add_policy_diff(program, group);
}

}  // namespace cloche::cli
