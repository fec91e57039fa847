#pragma once

#include <cloche/directory.h>
#include <cloche/result.h>
#include <map>
#include <string>
#include <vector>

#include "exec/supervisor.h"

namespace cloche::exec {

struct CommandLine {
  std::string path;                                ///< of the program, absolute
  std::vector<std::string> arguments;              ///< with the program's own name first
  std::map<std::string, std::string> environment;  ///< all of it
  FileDescriptor folder;                           ///< where it runs
  bool has_input = false;                          ///< or else it reads from /dev/null
};

/// A program that runs, and its supervisor. Closing `control` ends both; until `process` was waited for, a zombie is
/// left of the supervisor.
struct Spawned {
  FileDescriptor process;  ///< the supervisor's pidfd: readable when all is over
  FileDescriptor control;
  FileDescriptor input;  ///< the program's stdin, if it has one; these do not block
  FileDescriptor output;
  FileDescriptor error;
};

/// Any thread; forks, so it takes its time in a process with much memory. The new process raises no SIGCHLD, and only a
/// wait for clones (`__WALL`, `__WCLONE`) sees it, so whatever else the host has to do with processes is not disturbed.
/// Errors: `io`, `not_supported`.
[[nodiscard]] Result<Spawned> spawn(const CommandLine& command);

/// Waits for a supervisor that is at its end, and gives its report: `failed` with 0 where it was killed.
[[nodiscard]] Report reap(const FileDescriptor& process, const FileDescriptor& control);

}  // namespace cloche::exec
