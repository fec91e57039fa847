#pragma once

#include <cloche/directory.h>
#include <cloche/limits.h>
#include <cloche/result.h>
#include <filesystem>
#include <string_view>

namespace cloche::audit {

/// A file that lines are added to, and that is put aside when it is full. Others may add to it, and put it aside, at the
/// same time. Belongs to one thread; every call may block.
class RotatingFile {
 public:
  RotatingFile(std::filesystem::path file, ByteCount max_size, unsigned keep);

  /// Opens the file, and makes it if it is not there. A last line that was cut short is ended.
  [[nodiscard]] Result<void> open();
  /// Adds `lines`, whole ones; `done` counts the bytes of them that are in the file, of earlier tries too.
  [[nodiscard]] Result<void> add(std::string_view lines, std::size_t& done);
  /// Waits until the disk has it.
  [[nodiscard]] Result<void> sync();

 private:
  [[nodiscard]] bool is_named() const;
  [[nodiscard]] Result<void> make_room(std::size_t bytes);
  [[nodiscard]] Result<void> put_aside();
  [[nodiscard]] Result<void> end_last_line();
  [[nodiscard]] Result<void> sync_folder() const;
  [[nodiscard]] std::filesystem::path aside(unsigned number) const;
  [[nodiscard]] Error failure(std::string_view what) const;

  const std::filesystem::path file_;
  const ByteCount max_size_;
  const unsigned keep_;
  FileDescriptor descriptor_;
};

}  // namespace cloche::audit
