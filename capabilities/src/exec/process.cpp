#include "exec/process.h"

#include <cstring>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace cloche::exec {
namespace {

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name);
}

Result<Exit> exit_of(const Report& report) {
  Exit exit;
  switch (report.kind) {
    case Report::Kind::exited: exit.code = report.value; return exit;
    case Report::Kind::signalled: exit.signal = signal_name(report.value); return exit;
    case Report::Kind::failed: break;
  }
  // A supervisor that tells nothing was killed, and the program with it.
  if (report.value == 0) {
    exit.signal = "SIGKILL";
    return exit;
  }
  return Error(Errc::io, "the command cannot be run: " + std::generic_category().message(report.value));
}

}  // namespace

Process::Process(Spawned spawned, const Terms& terms)
    : process_(std::move(spawned.process)),
      control_(std::make_shared<const FileDescriptor>(std::move(spawned.control))),
      terms_(terms),
      budget_{terms.max_output, false},
      output_(std::move(spawned.output), terms.window, budget_),
      error_(std::move(spawned.error), terms.window, budget_),
      input_(std::move(spawned.input)) {}

Result<void> Process::watch_pipes(Reactor& reactor) {
  if (auto watched = output_.watch(reactor, [this] { arrived(); }); !watched) return watched;
  if (auto watched = error_.watch(reactor, [this] { arrived(); }); !watched) return watched;
  if (input_.ended()) return {};
  return input_.watch(reactor, [this] { written_.wake(); });
}

Result<void> Process::watch(Reactor& reactor, std::function<void()> reaped) {
  reaped_ = std::move(reaped);
  if (auto watched = watch_pipes(reactor); !watched) return watched;
  auto watch = reactor.watch(process_.get(), Reactor::Interest::read, [this](Reactor::Ready) { end(); });
  if (!watch) return watch.error();
  watch_ = std::move(*watch);
  if (terms_.timeout == Duration::max()) return {};
  timeout_ = reactor.after(terms_.timeout, [this] {
    expired_ = true;
    kill();
  });
  return {};
}

std::function<void()> Process::killer() const {
  return [control = control_] {
    static_cast<void>(::send(control->get(), "k", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  };
}

void Process::arrived() {
  if (budget_.exceeded) kill();
  read_.wake();
}

// What is read to the end is read now: whoever could have written is gone.
void Process::end() {
  watch_.reset();
  timeout_.reset();
  input_.end();
  outcome_ = exit_of(reap(process_, *control_));
  if (terms_.window == Limits::kUnlimited) {
    output_.drain();
    error_.drain();
  }
  if (*outcome_) {
    (*outcome_)->truncated = budget_.exceeded;
    (*outcome_)->expired = expired_;
  }
  const auto reaped = std::exchange(reaped_, nullptr);
  exited_.wake();
  read_.wake();
  written_.wake();
  if (reaped) reaped();
}

void Process::finish_without_reactor() {
  output_.end();
  error_.end();
  reaped_ = nullptr;
  if (outcome_) return;
  kill();
  end();
}

}  // namespace cloche::exec
