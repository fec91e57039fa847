// What a program is born with, and that nothing of it is left.

#include <cerrno>
#include <cloche/builtin/exec.h>
#include <csignal>
#include <cstdio>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "processes.h"
#include "scopes.h"
#include "support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::processes_with;
using testing::Texts;

// Sleeps whose length is a number that no other process of this machine has among its arguments.
class Marked {
 public:
  Marked() : token_("4" + std::to_string(::getpid()) + "0" + std::to_string(++count_)) {}
  [[nodiscard]] const std::string& token() const noexcept { return token_; }
  [[nodiscard]] std::string sleep() const { return "sleep " + token_; }
  [[nodiscard]] int alive() const { return processes_with("sleep" + std::string(1, '\0') + token_); }

 private:
  static inline int count_ = 0;
  std::string token_;
};

Caller shell() {
  auto registry = std::make_shared<Registry>();
  define_exec(*registry);
  ScopeSet set = testing::set_of({testing::rule_of({{"command", "sh"}, {"args", Texts{"-c", "*"}}})});
  return Caller::make(registry, testing::grants_of({{"exec", {std::move(set)}, {}}})).value();
}
Result<Value> run(Caller& call, const std::string& script) {
  return call("exec", "run", {"sh", Array{"-c", script}});
}
std::string output(Caller& call, const std::string& script) {
  const Value ran = run(call, script).value();
  const auto* bytes = ran.find("stdout")->as<Bytes>();
  return {bytes->begin(), bytes->end()};
}

// Serves what the plugin's thread waits for until `done`.
template <class Done>
void serve_until(ThreadServices& services, Done done) {
  while (!done()) services.serve(std::chrono::milliseconds(5));
}

TEST_CASE("a program is born with nothing of the host's") {
  const int secret = ::open("/dev/null", O_RDONLY);  // not closed on exec
  std::signal(SIGUSR1, SIG_IGN);
  Caller call = shell();
  CHECK(output(call, "n=0; while [ $n -lt 256 ]; do [ -e /proc/self/fd/$n ] && echo $n; n=$((n+1)); done") ==
        "0\n1\n2\n");
  const std::string status = output(call, "while read -r a b; do echo $a $b; done </proc/self/status");
  CHECK(status.find("SigIgn: 0000000000000000\n") != std::string::npos);
  CHECK(status.find("SigBlk: 0000000000000000\n") != std::string::npos);
  CHECK(status.find("NoNewPrivs: 1\n") != std::string::npos);
  CHECK(output(call, "ulimit -c") == "0\n");
  std::signal(SIGUSR1, SIG_DFL);
  ::close(secret);
}

TEST_CASE("a program leads a session of its own") {
  Caller call = shell();
  const std::string stat = output(call, "read -r line </proc/self/stat; echo $$ $line");
  int self = 0;
  int pid = 0;
  int parent = 0;
  int group = 0;
  int session = 0;
  REQUIRE(std::sscanf(stat.c_str(), "%d %d %*s %*c %d %d %d", &self, &pid, &parent, &group, &session) == 5);
  CHECK(self == pid);
  CHECK(group == pid);
  CHECK(session == pid);
}

TEST_CASE("when a program ends, whatever it left behind is gone, in its session or another") {
  const Marked marked;
  Caller call = shell();
  CHECK(run(call, marked.sleep() + " & setsid " + marked.sleep() + " & setsid setsid sh -c '" +
                      marked.sleep() + " & " + marked.sleep() + "' & exit 0"));
  CHECK(marked.alive() == 0);
  CHECK(testing::own_children().empty());
}

TEST_CASE("a program that flees from session to session is caught") {
  const Marked marked;
  Caller call = shell();
  // Each generation starts the next in a session of its own and ends; all of them carry the token.
  const std::string again = "setsid sh -c \"$1\" " + marked.token() + " \"$1\" &";
  CHECK(run(call, "s='" + again + "'; setsid sh -c \"$s\" " + marked.token() + " \"$s\" & sleep 0.05"));
  CHECK(processes_with(marked.token()) == 0);
  CHECK(testing::own_children().empty());
}

TEST_CASE("a call that is cancelled ends its program") {
  const Marked marked;
  Caller call = shell();
  std::thread canceller([&] {
    while (marked.alive() == 0) std::this_thread::yield();
    call.services().cancel();
  });
  const auto result = run(call, marked.sleep() + " & setsid " + marked.sleep());
  canceller.join();
  CHECK(result.error().code() == Errc::cancelled);
  serve_until(call.services(), [] { return testing::own_children().empty(); });
  CHECK(marked.alive() == 0);
}

TEST_CASE("revoking the capability ends what runs and what was started") {
  const Marked marked;
  Caller call = shell();
  REQUIRE(call("exec", "start", {"sh", Array{"-c", "setsid " + marked.sleep()}}));
  std::unique_ptr<Reactor::Alarm> alarm;
  const std::function<void()> look = [&] {
    if (marked.alive() >= 2) return call.bindings().take("exec", Permission::denied);
    alarm = call.services().reactor().after(std::chrono::milliseconds(1), look);
  };
  alarm = call.services().reactor().after(Duration::zero(), look);
  CHECK(run(call, marked.sleep()).error().code() == Errc::not_capable);
  serve_until(call.services(), [] { return testing::own_children().empty(); });
  CHECK(marked.alive() == 0);
}

TEST_CASE("nothing outlives the plugin or the thread it ran on") {
  const Marked marked;
  {
    Caller call = shell();
    REQUIRE(call("exec", "start", {"sh", Array{"-c", "setsid " + marked.sleep() + " & " + marked.sleep()}}));
    serve_until(call.services(), [&] { return marked.alive() >= 2; });
  }
  CHECK(marked.alive() == 0);
  CHECK(testing::own_children().empty());
}

std::atomic<int> signalled = 0;

TEST_CASE("a host's own children and signals are not disturbed") {
  const auto before = std::signal(SIGCHLD, [](int) { ++signalled; });
  signalled = 0;
  Caller call = shell();
  const Value id = call("exec", "start", {"sh", Array{"-c", "exec sleep 1000"}}).value();
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
  CHECK(call("exec", "kill", {id}));
  CHECK(call("exec", "wait", {id}));
  CHECK(*run(call, "exit 0").value().find("code") == Value(0));
  CHECK(signalled == 0);
  std::signal(SIGCHLD, before);
}

// A host that is killed in the middle, so that no destructor of its own can do anything.
TEST_CASE("nothing outlives a host that was killed") {
  const Marked marked;
  const pid_t host = ::fork();
  if (host == 0) {
    Caller call = shell();
    static_cast<void>(run(call, "setsid " + marked.sleep() + " & " + marked.sleep()));
    ::_exit(0);
  }
  while (marked.alive() < 2) std::this_thread::yield();
  ::kill(host, SIGKILL);
  REQUIRE(::waitpid(host, nullptr, 0) == host);
  while (marked.alive() > 0) std::this_thread::yield();
  CHECK(marked.alive() == 0);
}

}  // namespace
}  // namespace cloche
