#pragma once

#include <cloche/directory.h>
#include <cloche/reactor.h>
#include <cloche/value.h>
#include <cstdint>
#include <functional>
#include <memory>

namespace cloche::exec {

/// How much of a program's output is taken, of both its streams together.
struct OutputBudget {
  std::uint64_t left = Limits::kUnlimited;
  bool exceeded = false;
};

/// The reading end of a pipe: takes what comes, until as much waits here as the window lets, and goes on when that was
/// taken. Belongs to the reactor's thread.
class PipeReader {
 public:
  PipeReader(FileDescriptor pipe, std::uint64_t window, OutputBudget& budget)
      : pipe_(std::move(pipe)), window_(window), budget_(budget) {}

  /// `arrived` is called after something was read, or the end was reached.
  [[nodiscard]] Result<void> watch(Reactor& reactor, std::function<void()> arrived);
  /// Reads what is there already and takes that for all there is: for when nobody is left to write.
  void drain();
  /// Whatever has been read and not taken yet.
  [[nodiscard]] Bytes take();

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] bool ended() const noexcept { return !pipe_; }
  void end() noexcept;

 private:
  enum class Step { read, nothing, end };
  Step read_some();
  void read_ready();

  FileDescriptor pipe_;
  const std::uint64_t window_;
  OutputBudget& budget_;
  Bytes bytes_;
  std::function<void()> arrived_;
  std::unique_ptr<Reactor::Watch> watch_;
};

}  // namespace cloche::exec
