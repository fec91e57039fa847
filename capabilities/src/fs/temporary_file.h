#pragma once

#include <cloche/directory.h>
#include <cloche/result.h>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "fs/locate.h"

namespace cloche::fs {

/// The new content of a place, under a name nobody else uses beside it until it takes the old one's place in one step, so
/// that no one ever sees half of it. Removed again unless that is done.
class TemporaryFile {
 public:
  /// Nothing is made where the place holds anything but a regular file: a link is not written through, and what it leads
  /// to would not be what the scope was asked about. `name` is what errors (`io`) call the place.
  [[nodiscard]] static Result<TemporaryFile> make(const Place& place, std::string_view name);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  [[nodiscard]] Result<void> write(std::span<const std::uint8_t> content);
  /// With the mode of the file it takes the place of, or with `mode` where there is none; 0: as the process makes files.
  /// Lasts through a crash of the machine.
  [[nodiscard]] Result<void> put_in_place(mode_t mode = 0);

 private:
  TemporaryFile(const Place& place, std::string_view shown, std::string name, mode_t old_mode)
      : place_(place), shown_(shown), name_(std::move(name)), old_mode_(old_mode) {}

  const Place& place_;
  std::string_view shown_;
  std::string name_;
  mode_t old_mode_;  // 0: there is no file yet
  FileDescriptor fd_;
  bool made_ = false;
};

/// Whether it is a name such as a TemporaryFile has meanwhile; plugins are not shown those.
[[nodiscard]] bool is_temporary_name(std::string_view name) noexcept;

/// Makes what was renamed, made or removed in `folder` last. It is done already, so a folder that cannot be synchronised
/// is no failure.
void sync_folder(const FileDescriptor& folder);

}  // namespace cloche::fs
