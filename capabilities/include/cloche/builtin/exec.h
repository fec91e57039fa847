#pragma once

#include <cloche/builtin/env.h>
#include <cloche/builtin/fs.h>
#include <cloche/registry.h>
#include <filesystem>
#include <vector>

namespace cloche {

/// What programs are run with.
struct ExecOptions {
  /// Where commands named without a folder are looked up, in this order. Whoever can write there decides what runs.
  std::vector<std::filesystem::path> path = {"/usr/local/bin", "/usr/bin", "/bin"};
  /// What variables that a rule passes on have as values.
  Environment environment = process_environment();
  /// The folders that a rule's `cwd`, and a plugin, can name.
  FsOptions folders;
};

/// `exec`: `run(command, arguments, options?)` runs a program to its end; `start` begins one and gives a number, for
/// `read`, `write`, `closeInput`, `wait`, `kill` and `close`. All asynchronous; no thread waits for a program.
///
/// The scope is a list of rules. `command` is a name, looked up in `path`, or an absolute path; no shell is in between.
/// `args` has a pattern for each argument: in one, `*` stands for any characters, but for an argument that begins with
/// '-' only where the pattern does as well, so that what is to be a file's name cannot become an option. `**`, as the
/// last, is all the arguments that are left, options too. `cwd` is a path pattern for the folder it runs in, which is
/// `$WORKSPACE` (or "/" where the host has none) unless the plugin says otherwise. `env` names variables of the host's
/// that are passed on, `set_env` those a plugin may set: nothing else is in the environment. `max_output` bounds stdout
/// and stderr together, `timeout` the time it may run; one that goes beyond either is ended. A field that is left out
/// allows the least: no arguments, no other folder, no variables; and, in a rule that denies, denies the most.
///
/// A program runs in a session of its own, with no descriptors but its stdin (/dev/null unless it is given input),
/// stdout and stderr, without core files and without gaining privileges (set-user-id). When it ends, when its call is
/// cancelled, the capability revoked, the plugin unloaded or the host gone, everything it has left is killed as well,
/// whatever session that hides in. Other than that it has all the rights of the host's user: a rule names programs that
/// do no more than is meant, with arguments that leave them no choice (an interpreter, or `git -c …`, is anything).
///
/// It needs Linux 5.9 and a /proc that lists a process's children; elsewhere it answers `not_supported`. Other errors:
/// `not_capable` outside the scope; `invalid_argument`; `quota` with 32 commands started; `io` with the system's reason.
void define_exec(Registry& registry, ExecOptions options = {});

}  // namespace cloche
