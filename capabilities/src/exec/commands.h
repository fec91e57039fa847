#pragma once

#include <boost/describe.hpp>
#include <cloche/call.h>
#include <cloche/value.h>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "exec/command_scope.h"
#include "exec/process.h"

namespace cloche::exec {

struct RunOptions {
  std::optional<std::string> cwd;
  std::optional<Environment> env;
  std::optional<Bytes> input;
};
BOOST_DESCRIBE_STRUCT(RunOptions, (), (cwd, env, input))

struct StartOptions {
  std::optional<std::string> cwd;
  std::optional<Environment> env;
  std::optional<bool> input;  ///< whether it will be written to
};
BOOST_DESCRIBE_STRUCT(StartOptions, (), (cwd, env, input))

struct Output {
  Bytes stdout;
  Bytes stderr;
  bool ended = false;  ///< nothing more will come
};
BOOST_DESCRIBE_STRUCT(Output, (), (stdout, stderr, ended))

struct Ran : Exit {
  Bytes stdout;
  Bytes stderr;
};
BOOST_DESCRIBE_STRUCT(Ran, (Exit), (stdout, stderr))

/// What one plugin holds of `exec`: what it may run, and what it has started. Belongs to the plugin's thread, but for the
/// scope. When it goes, what still runs is killed.
class Commands {
 public:
  explicit Commands(CommandScope scope) : scope_(std::move(scope)) {}
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;
  ~Commands();

  [[nodiscard]] Result<Ran> run(Call& call, Request request, const std::optional<Bytes>& input) const;

  /// The number that the other functions take. Error: `quota`, besides those of `run`.
  [[nodiscard]] Result<std::uint32_t> start(Call& call, Request request, bool has_input);
  /// Waits until there is something.
  [[nodiscard]] Result<Output> read(Call& call, std::uint32_t number);
  /// Waits until it was all written. Error: `io`, when nobody reads it.
  [[nodiscard]] Result<void> write(Call& call, std::uint32_t number, const Bytes& bytes);
  [[nodiscard]] Result<void> close_input(std::uint32_t number);
  [[nodiscard]] Result<Exit> wait(Call& call, std::uint32_t number);
  [[nodiscard]] Result<void> kill(std::uint32_t number);
  /// Kills it, and forgets the number.
  [[nodiscard]] Result<void> close(std::uint32_t number);

 private:
  struct Started {
    std::shared_ptr<Process> process;
    std::unique_ptr<Lease> lease;
  };
  [[nodiscard]] Result<std::shared_ptr<Process>> launch(Call& call, Request request, bool has_input,
                                                        std::uint64_t window, std::uint64_t most) const;
  [[nodiscard]] Result<std::shared_ptr<Process>> find(std::uint32_t number) const;

  const CommandScope scope_;
  std::uint32_t last_ = 0;
  std::uint32_t starting_ = 0;
  std::map<std::uint32_t, Started> started_;
};

}  // namespace cloche::exec
