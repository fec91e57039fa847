# shellcheck shell=bash disable=SC2034
# The sample host as ./run starts it, on documents of this tree.

cloche=$(dirname "$cloche")/cloche-sample-host

# bench ARGUMENT...: runs it on this tree, wherever it is built.
bench() { run --workspace "$root" --plugins "$plugins" --policy "$root/sample-host/policy.yaml" "$@"; }
# Without npm's part of the set-up one of its plugins is not built.
needs_markdown() { [[ -e $plugins/markdown/dist/main.mjs ]] || exit 0; }
make_document() { printf '# Title\n\n## One\n\nb\na\n\n## Two\n' >note.md; }

case_tour() {
  needs_markdown; make_document
  bench note.md
  exits 0
  is_silent
  prints_like '^  Word count +1\.0\.0 '
  prints_like '^    editor +granted +.*policy\.yaml:[0-9]+'
  prints_like '^    fs\.write +denied +.*policy\.yaml:[0-9]+'
  prints_like 'Compute without end .*contained \[cpu_limit\]'
  prints_like 'Wait without end .*contained \[wall_limit\]'
  prints_like 'Take all the memory there is .*contained \[(heap_limit|crashed)\]'
  prints_like 'Throw an error .*contained \[threw\] TypeError: .* at main\.mjs:4:'
  prints_like 'Count words +note\.md .* 5$'
  prints_like '<h1>Title</h1>'
  prints_like '7 plugins loaded, 1 refused; 16 commands run, 5 of them contained'
}
case_documents_on_disk_stay_as_they_are() {
  make_document
  bench note.md
  [[ $(cat note.md) == $'# Title\n\n## One\n\nb\na\n\n## Two' ]] || fail "expected note.md unchanged"
}
case_no_escapes_where_it_is_no_terminal() { make_document; bench note.md; ! grep -q $'\x1b' "$folder/stdout" || fail "expected plain text"; }
case_a_surprise_is_a_failure() {
  make_document
  plugin 'contributes: {commands: [{id: p.fall, title: Fall over}]}' <<<'export const fall = () => { throw new Error("oh"); };'
  bench note.md --plugins .
  prints_like 'Fall over .*contained \[threw\] Error: oh at main\.mjs:1:'
  exits 1
  prints_like 'not as they should be'
}
case_interactive() {
  make_document
  bench --interactive note.md <<'LINES'
commands
run table-of-contents.update
show
undo
undo
run nonsense
nonsense
quit
LINES
  exits 0
  is_silent
  prints_like 'sort-lines\.sort +Sort lines'
  prints_like '“The table of contents has 2 entries”'
  prints_like '^  - \[One\]\(#one\)'
  prints_like 'undone: Update the table of contents'
  prints_like 'there is nothing to be undone'
  prints_like 'no such command'
  prints_like 'unknown: try help'
}
case_interactive_selection() {
  printf 'b\na\nd\nc\n' >lines.txt
  bench --interactive lines.txt <<<$'select 0 3\nrun sort-lines.sort\nshow\nselect 9 1'
  exits 0
  [[ $(grep -E '^(> )?  [a-d]$' "$folder/stdout" | tr -d '> \n') == abdc ]] || fail "expected a, b, d, c"
  prints_like 'error\[invalid_argument\]'
}
case_settings_are_kept() {
  make_document
  bench --interactive note.md <<<'run preferences.next-theme'
  prints_like "theme: 'dark'"
  bench --interactive note.md <<<'run preferences.next-theme'
  prints_like "theme: 'high contrast'"
}
case_describe() { run --describe; exits 0; diff "$folder/stdout" "$root/sample-host/cloche-host.json" || fail "expected the file as it is"; }
case_missing_document() { bench none.md; exits 1; complains 'none\.md'; }
case_bad_policy() { make_document; echo 'a: b' >policy.yaml; bench note.md --policy policy.yaml; exits 1; complains 'policy\.yaml:1:1: error\[policy_invalid\]'; }
case_unknown_option() { run --nope; exits 2; prints_nothing; }
case_help() { run --help; exits 0; prints_like '^Examples:$'; prints_like -- '--interactive'; }
