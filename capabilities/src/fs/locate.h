#pragma once

// From the name a plugin wrote to an open file that is inside its scope.
//
// A name is checked three times. Lexically against the scope, which gives the folder to open beneath; by the
// kernel, which opens it without leaving that folder whatever links are on the way (openat2); and the path of
// what was opened, which the kernel tells, against the scope again, because a link may lead from an allowed
// name to a denied one. What is used afterwards is the open descriptor, never the name, so nothing that is
// renamed or swapped in between makes a difference. Hard links are names like any other: one that lies inside
// the scope gives what it names.

#include <cloche/directory.h>
#include <sys/stat.h>

#include "fs/file_scope.h"

namespace cloche::fs {

/// A regular file or folder, opened as a mere location (O_PATH): neither its content nor a device's driver is
/// touched yet.
struct Located {
  FileDescriptor fd;
  PathParts real;
  std::uint64_t max_bytes = 0;
  struct stat status {};

  [[nodiscard]] bool is_folder() const noexcept { return S_ISDIR(status.st_mode); }
};

/// The folder a name lies in, and its last part: for what is made, replaced or removed. The part itself
/// follows no link.
struct Place {
  FileDescriptor folder;
  PathParts real;  ///< of the name, its folder's links resolved
  std::string leaf;
  std::uint64_t max_bytes = 0;
  Quota quota;
};

/// A location that was opened without leaving a folder, and where the kernel says it is.
struct Opened {
  FileDescriptor fd;
  PathParts real;
};

/// Opens `path` as a mere location beneath `root`, which it lies in; `flags` are further ones of open(2). Errors:
/// `not_capable`, when a link leads out or the place is one of the kernel's own; `io`.
[[nodiscard]] Result<Opened> open_location(const PathParts& root, const PathParts& path, int flags,
                                           std::string_view name);

/// Errors: `not_capable`, `invalid_argument` and `io`; they call the file `name`, as the plugin did.
[[nodiscard]] Result<Located> locate(const FileScope& scope, std::string_view name);
[[nodiscard]] Result<Place> locate_place(const FileScope& scope, std::string_view name);

/// Whether it lies in one of the kernel's own file systems, which hold processes' memory and the machine's switches behind
/// regular files; and the error of that.
[[nodiscard]] bool is_kernel_interface(const FileDescriptor& fd);
[[nodiscard]] Error kernel_interface(std::string_view name);

/// Opens what was located for use, with open(2) flags; the very file, whatever its name means by now.
[[nodiscard]] Result<FileDescriptor> reopen(const Located& located, int flags, std::string_view name);

[[nodiscard]] Error not_capable(const FileScope& scope, std::string_view name);
/// "cannot VERB 'name': reason", with the reason of an errno.
[[nodiscard]] Error io_error(std::string_view verb, std::string_view name, int error);

}  // namespace cloche::fs
