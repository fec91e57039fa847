#include "exec/commands.h"

#include <algorithm>
#include <utility>

#include "exec/processes.h"

namespace cloche::exec {
namespace {

constexpr std::size_t kMaxStarted = 32;
constexpr std::uint64_t kWindow = 64 * 1024;

// Waits until it is gone.
Result<Exit> await_exit(Call& call, Process& process) {
  while (!process.outcome()) {
    if (auto waited = call.wait(process.exited().wait()); !waited) return waited.error();
  }
  return *process.outcome();
}

bool has_output(Process& process) {
  return !process.output().empty() || !process.error().empty() ||
         (process.output().ended() && process.error().ended());
}

}  // namespace

Commands::~Commands() {
  for (const auto& [number, started] : started_) started.process->kill();
}

Result<std::shared_ptr<Process>> Commands::launch(Call& call, Request request, bool has_input,
                                                  std::uint64_t window, std::uint64_t most) const {
  const std::string command = request.command;
  call.about(command);
  Terms terms;
  std::string rule;
  auto spawned = call.blocking([&]() -> Result<Spawned> {
    auto permitted = scope_.permit(std::move(request));
    if (!permitted) return permitted.error();
    terms = permitted->terms;
    rule = std::move(permitted->rule);
    permitted->line.has_input = has_input;
    return spawn(permitted->line);
  });
  call.about(command, rule);
  if (!spawned) return spawned.error();
  terms.window = window;
  terms.max_output = std::min(terms.max_output, most);
  return call.reactor().service<Processes>().adopt(std::move(*spawned), terms);
}

Result<Ran> Commands::run(Call& call, Request request, const std::optional<Bytes>& input) const {
  auto process =
      launch(call, std::move(request), input.has_value(), Limits::kUnlimited, call.plugin().limits.message);
  if (!process) return process.error();
  if (input) {
    (*process)->input().write(*input);
    (*process)->input().finish();
  }
  auto exit = await_exit(call, **process);
  if (!exit) {
    (*process)->kill();
    return exit.error();
  }
  return Ran{std::move(*exit), (*process)->output().take(), (*process)->error().take()};
}

Result<std::uint32_t> Commands::start(Call& call, Request request, bool has_input) {
  if (started_.size() + starting_ >= kMaxStarted) {
    return Error(Errc::quota, "32 commands are started already; close those that are no longer needed");
  }
  ++starting_;
  auto process = launch(call, std::move(request), has_input, kWindow, Limits::kUnlimited);
  --starting_;
  if (!process) return process.error();
  started_.emplace(++last_, Started{*process, call.lease((*process)->killer())});
  return last_;
}

Result<std::shared_ptr<Process>> Commands::find(std::uint32_t number) const {
  const auto found = started_.find(number);
  if (found != started_.end()) return found->second.process;
  return Error(Errc::invalid_argument,
               std::to_string(number) + " is no started command; pass the number that start gave");
}

Result<Output> Commands::read(Call& call, std::uint32_t number) {
  auto process = find(number);
  if (!process) return process.error();
  while (!has_output(**process)) {
    if (auto waited = call.wait((*process)->read().wait()); !waited) return waited.error();
  }
  Output output{(*process)->output().take(), (*process)->error().take(), false};
  output.ended = (*process)->output().ended() && (*process)->error().ended();
  return output;
}

Result<void> Commands::write(Call& call, std::uint32_t number, const Bytes& bytes) {
  auto process = find(number);
  if (!process) return process.error();
  PipeWriter& input = (*process)->input();
  if (!input.open()) {
    return Error(Errc::io, "the command takes no input: it has ended, closed it, or was started without");
  }
  input.write(bytes);
  while (!input.idle()) {
    if (auto waited = call.wait((*process)->written().wait()); !waited) return waited.error();
  }
  if (input.ended() && !bytes.empty()) return Error(Errc::io, "the command has stopped reading its input");
  return {};
}

Result<void> Commands::close_input(std::uint32_t number) {
  auto process = find(number);
  if (!process) return process.error();
  (*process)->input().finish();
  return {};
}

Result<Exit> Commands::wait(Call& call, std::uint32_t number) {
  auto process = find(number);
  if (!process) return process.error();
  return await_exit(call, **process);
}

Result<void> Commands::kill(std::uint32_t number) {
  auto process = find(number);
  if (!process) return process.error();
  (*process)->kill();
  return {};
}

Result<void> Commands::close(std::uint32_t number) {
  auto killed = kill(number);
  if (killed) started_.erase(number);
  return killed;
}

}  // namespace cloche::exec
