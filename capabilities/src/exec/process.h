#pragma once

#include <boost/describe.hpp>
#include <cloche/limits.h>
#include <cloche/reactor.h>
#include <cloche/value.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exec/pipe_reader.h"
#include "exec/pipe_writer.h"
#include "exec/spawn.h"
#include "exec/waiters.h"

namespace cloche::exec {

/// How a program ended.
struct Exit {
  std::optional<std::int32_t> code;   ///< what it exited with
  std::optional<std::string> signal;  ///< "SIGKILL"; or what ended it
  bool truncated = false;             ///< it wrote more than it may, and was ended
  bool expired = false;               ///< it ran for longer than it may, and was ended
};
BOOST_DESCRIBE_STRUCT(Exit, (), (code, signal, truncated, expired))

/// What a program may use.
struct Terms {
  std::uint64_t max_output = Limits::kUnlimited;  ///< bytes, of both streams together
  Duration timeout = Duration::max();
  /// How many bytes of a stream wait to be taken before no more are read. Unlimited: its whole output is kept.
  std::uint64_t window = Limits::kUnlimited;
};

/// A program that was started, until it and all it left behind are gone. Belongs to the thread of its reactor. Kept by the reactor's Processes until it was reaped.
class Process {
 public:
  Process(Spawned spawned, const Terms& terms);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Has the reactor serve it; `reaped` is called once it is gone.
  [[nodiscard]] Result<void> watch(Reactor& reactor, std::function<void()> reaped);
  void kill() { killer()(); }
  /// Ends it, from any thread and even when the Process is no more.
  [[nodiscard]] std::function<void()> killer() const;
  /// Ends it and waits for that, without the reactor, which it needs no longer afterwards.
  void finish_without_reactor();

  /// Once it is gone. Error: `io`, when it could not be run.
  [[nodiscard]] const std::optional<Result<Exit>>& outcome() const noexcept { return outcome_; }
  [[nodiscard]] PipeReader& output() noexcept { return output_; }
  [[nodiscard]] PipeReader& error() noexcept { return error_; }
  [[nodiscard]] PipeWriter& input() noexcept { return input_; }

  // What calls wait for: a change of the outcome, of an output, or of what is still to be written.
  [[nodiscard]] Waiters& exited() noexcept { return exited_; }
  [[nodiscard]] Waiters& read() noexcept { return read_; }
  [[nodiscard]] Waiters& written() noexcept { return written_; }

 private:
  [[nodiscard]] Result<void> watch_pipes(Reactor& reactor);
  void arrived();
  void end();

  FileDescriptor process_;
  const std::shared_ptr<const FileDescriptor> control_;
  const Terms terms_;
  OutputBudget budget_;
  bool expired_ = false;
  PipeReader output_;
  PipeReader error_;
  PipeWriter input_;
  Waiters exited_;
  Waiters read_;
  Waiters written_;
  std::optional<Result<Exit>> outcome_;
  std::function<void()> reaped_;
  std::unique_ptr<Reactor::Watch> watch_;
  std::unique_ptr<Reactor::Alarm> timeout_;
};

}  // namespace cloche::exec
