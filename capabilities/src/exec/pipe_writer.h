#pragma once

#include <cloche/directory.h>
#include <cloche/reactor.h>
#include <cloche/value.h>
#include <cstddef>
#include <functional>
#include <memory>

namespace cloche::exec {

/// The writing end of a pipe that does not block: writes what it was given as the other side takes it. Belongs to the
/// reactor's thread.
class PipeWriter {
 public:
  explicit PipeWriter(FileDescriptor pipe) : pipe_(std::move(pipe)) {}

  /// `written` is called when all was written, or nobody reads any more.
  [[nodiscard]] Result<void> watch(Reactor& reactor, std::function<void()> written);
  void write(const Bytes& bytes);
  /// Closes it, once all was written.
  void finish();
  /// Closes it at once.
  void end() noexcept;

  [[nodiscard]] bool idle() const noexcept { return bytes_.empty(); }
  [[nodiscard]] bool ended() const noexcept { return !pipe_; }
  /// Whether it takes anything more.
  [[nodiscard]] bool open() const noexcept { return pipe_ && !finishing_; }

 private:
  void write_ready();

  FileDescriptor pipe_;
  Bytes bytes_;
  std::size_t sent_ = 0;
  bool finishing_ = false;
  std::function<void()> written_;
  std::unique_ptr<Reactor::Watch> watch_;
};

}  // namespace cloche::exec
