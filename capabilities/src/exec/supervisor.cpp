#include "exec/supervisor.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cloche::exec {
namespace {

constexpr int kControl = 3;

[[noreturn]] void leave(Report report) noexcept {
  static_cast<void>(::send(kControl, &report, sizeof report, MSG_NOSIGNAL));
  ::_exit(0);
}

[[noreturn]] void fail(int error) noexcept { leave({Report::Kind::failed, error}); }

// A signal the host ignores would be ignored by the program too.
void reset_signals() noexcept {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
}

bool keep_what_is_needed(const Launch& launch) noexcept {
  return ::dup3(launch.control, kControl, O_CLOEXEC) == kControl && ::dup2(launch.input, 0) == 0 &&
         ::dup2(launch.output, 1) == 1 && ::dup2(launch.error, 2) == 2 && ::fchdir(launch.folder) == 0 &&
         ::close_range(kControl + 1, ~0U, 0) == 0;
}

// The parent of orphans; no programs with rights of their own; and nobody is to look into this copy of the host.
bool take_charge() noexcept {
  return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool prepare_program(pid_t supervisor) noexcept {
  const rlimit no_core{0, 0};
  sigset_t none;
  ::sigemptyset(&none);
  return ::setsid() >= 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == supervisor &&
         ::setrlimit(RLIMIT_CORE, &no_core) == 0 && ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

// The child shares this memory until it has become the program, and can say here why it has not.
pid_t start(const Launch& launch, volatile int& failure) noexcept {
  const pid_t supervisor = ::getpid();
  const pid_t pid = ::vfork();
  if (pid != 0) return pid;
  if (prepare_program(supervisor)) ::execve(launch.path, launch.arguments, launch.environment);
  failure = errno;
  ::_exit(127);
}

// Reaps whatever has ended but `program`, and tells whether that has: it is left, so that its number stays its own.
bool has_ended(pid_t program) noexcept {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
    if (info.si_pid == program) return true;
    ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

// Waits until a child may have ended. The signals are only to wake it, so several may be read at once.
void drain(int children) noexcept {
  signalfd_siginfo signals[8];
  static_cast<void>(!::read(children, signals, sizeof signals));
}

void await_end(pid_t program, int host, int children) noexcept {
  pollfd set[] = {{kControl, POLLIN, 0}, {host, POLLIN, 0}, {children, POLLIN, 0}};
  while (!has_ended(program)) {
    if (::poll(set, 3, -1) < 0 && errno != EINTR) return;
    if (set[0].revents != 0 || set[1].revents != 0) return;
    if (set[2].revents != 0) drain(children);
  }
}

void kill_children() noexcept {
  const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  char text[4096];
  pid_t pid = 0;
  for (ssize_t size = 0; (size = ::read(list, text, sizeof text)) > 0;) {
    for (ssize_t i = 0; i < size; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        pid = pid * 10 + (text[i] - '0');
      } else if (pid > 0) {
        ::kill(pid, SIGKILL);
        pid = 0;
      }
    }
  }
  ::close(list);
}

Report report_of(const siginfo_t& info) noexcept {
  if (info.si_code == CLD_EXITED) return {Report::Kind::exited, info.si_status};
  return {Report::Kind::signalled, info.si_status};
}

// Ends the program's group, and then child after child. Whoever loses its parent this way becomes a child itself, so
// when there is no child any more, nothing is left. Only what was not reaped is killed, so no number means another.
Report end_all(pid_t program, int children) noexcept {
  constexpr int kMilliseconds = 10;
  Report report;
  ::kill(-program, SIGKILL);
  for (;;) {
    kill_children();
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0) {
      if (errno == EINTR) continue;
      return report;
    }
    if (info.si_pid == program) report = report_of(info);
    if (info.si_pid != 0) continue;
    pollfd ended{children, POLLIN, 0};
    if (::poll(&ended, 1, kMilliseconds) > 0) drain(children);
  }
}

int signals_of_children() noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

void supervise(const Launch& launch) noexcept {
  reset_signals();
  if (!keep_what_is_needed(launch) || !take_charge()) fail(errno);
  const auto host = static_cast<int>(::syscall(SYS_pidfd_open, launch.host, 0));
  const int children = signals_of_children();
  if (host < 0 || children < 0) fail(errno);
  if (::fcntl(host, F_SETFD, FD_CLOEXEC) != 0) fail(errno);
  if (::getppid() != launch.host) fail(ESRCH);
  volatile int failure = 0;
  const pid_t program = start(launch, failure);
  if (program < 0) fail(errno);
  ::close_range(0, 2, 0);
  if (failure != 0) {
    ::waitpid(program, nullptr, 0);
    fail(failure);
  }
  await_end(program, host, children);
  leave(end_all(program, children));
}

}  // namespace cloche::exec
