# shellcheck shell=bash

case_version() { run --version; exits 0; prints_like '^cloche [0-9]+\.[0-9]+\.[0-9]+$'; is_silent; }
case_help() { run --help; exits 0; prints_like '^Exit codes:$'; prints_like 'explain'; is_silent; }
case_nothing() { run; exits 2; complains '^cloche: error\[usage\]: '; prints_nothing; }
case_unknown_verb() { run evla -e 1; exits 2; complains "\[usage\].*'evla'.*did you mean 'eval'"; }
case_unknown_option() { run eval -e 1 --nope; exits 2; complains '\[usage\].*nope'; }
case_json_for_misuse() { run call --json; exits 2; json /error/code usage; complains '\[usage\]'; }

has_help() { run "$1" --help; exits 0; prints_like '^Examples:$'; prints_like "^  cloche $1 "; prints_like -- '--json'; is_silent; }
case_help_of_call() { has_help call; }
case_help_of_eval() { has_help eval; }
case_help_of_run() { has_help run; }
case_help_of_check() { has_help check; }
case_help_of_types() { has_help types; }
case_help_of_explain() { has_help explain; }
case_help_of_grant() { has_help grant; }
case_help_of_revoke() { has_help revoke; }
case_help_of_policy() { run policy --help; exits 0; prints_like '^Examples:$'; prints_like '^  cloche policy show '; is_silent; }
has_help_of_policy() { run policy "$1" --help; exits 0; prints_like "^  cloche policy $1 "; prints_like -- '--json'; is_silent; }
case_help_of_policy_show() { has_help_of_policy show; }
case_help_of_policy_check() { has_help_of_policy check; }
case_help_of_policy_diff() { has_help_of_policy diff; }
