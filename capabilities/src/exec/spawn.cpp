#include "exec/spawn.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cloche::exec {
namespace {

Error failed(const char* what) {
  return {Errc::io, std::string("cannot ") + what + ": " + std::generic_category().message(errno)};
}

struct Ends {
  FileDescriptor read;
  FileDescriptor write;
};

// Above the numbers that the supervisor uses.
bool lift(FileDescriptor& fd) {
  fd = FileDescriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstFree));
  return static_cast<bool>(fd);
}

bool do_not_block(const FileDescriptor& fd) {
  return ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK) == 0;
}

bool make_pipe(Ends& ends) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return false;
  ends = {FileDescriptor(fds[0]), FileDescriptor(fds[1])};
  return true;
}

bool make_output(Ends& ends) { return make_pipe(ends) && lift(ends.write) && do_not_block(ends.read); }

bool make_input(Ends& ends, bool wanted) {
  if (wanted) return make_pipe(ends) && lift(ends.read) && do_not_block(ends.write);
  ends.read = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return ends.read && lift(ends.read);
}

bool make_control(Ends& ends) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return false;
  ends = {FileDescriptor(fds[0]), FileDescriptor(fds[1])};
  return lift(ends.read);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_texts(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : environment) texts.push_back(name + "=" + value);
  return texts;
}

// No handler of the host's may run in the child, so signals wait until it has none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

// A fork, but one whose end is told by a descriptor instead of a signal.
long fork_with(int& pidfd) {
  clone_args arguments{};
  arguments.flags = CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  return ::syscall(SYS_clone3, &arguments, sizeof arguments);
}

Result<FileDescriptor> fork_supervisor(const Launch& launch) {
  if (::access("/proc/thread-self/children", R_OK) != 0)
    return Error(Errc::not_supported, "programs can be run only where /proc lists a process's children");
  int pidfd = -1;
  const SignalsBlocked blocked;
  const long pid = fork_with(pidfd);
  if (pid == 0) supervise(launch);
  if (pid < 0) return failed("make a process");
  return FileDescriptor(pidfd);
}

}  // namespace

Result<Spawned> spawn(const CommandLine& command) {
  Ends input;
  Ends output;
  Ends error;
  Ends control;
  FileDescriptor folder(::fcntl(command.folder.get(), F_DUPFD_CLOEXEC, kFirstFree));
  if (!make_input(input, command.has_input) || !make_output(output) || !make_output(error) ||
      !make_control(control) || !folder)
    return failed("make the descriptors of a process");
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = environment_texts(command.environment);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  auto process =
      fork_supervisor({command.path.c_str(), argv.data(), envp.data(), ::getpid(), input.read.get(),
                       output.write.get(), error.write.get(), folder.get(), control.read.get()});
  if (!process) return process.error();
  return Spawned{std::move(*process), std::move(control.write), std::move(input.write),
                 std::move(output.read), std::move(error.read)};
}

Report reap(const FileDescriptor& process, const FileDescriptor& control) {
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(process.get()), &info, WEXITED | __WALL) != 0 &&
         errno == EINTR) {
  }
  Report report;
  const bool told = ::recv(control.get(), &report, sizeof report, MSG_DONTWAIT) == sizeof report;
  return told ? report : Report{};
}

}  // namespace cloche::exec
