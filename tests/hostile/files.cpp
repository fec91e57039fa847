// What is thrown at the capability `fs`: names that mean something else, links, what is no file, and somebody who swaps one
// for the other while they are used. Without an engine, for none of it depends on one.

#include <cloche/builtin/fs.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "unit/capabilities/files_world.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;
using testing::Caller;
using testing::file_failure;
using testing::FilesWorld;
using testing::path_rule;

const Object kRecursive{{"recursive", true}};

// Every function of one path, with arguments that would do something if the path were let through.
struct Attempt {
  const char* function;
  std::vector<Value> more;
};
const std::vector<Attempt> kAttempts{
    {"readText", {}},      {"readBytes", {}},        {"list", {}},         {"stat", {}},
    {"realpath", {}},      {"watch", {Function()}},  {"writeText", {"x"}}, {"writeBytes", {Bytes{'x'}}},
    {"makeDirectory", {}}, {"remove", {kRecursive}}, {"rename", {"loot"}}, {"copy", {"loot"}}};

std::vector<Value> arguments(const std::string& path, const Attempt& attempt) {
  std::vector<Value> all{path};
  all.insert(all.end(), attempt.more.begin(), attempt.more.end());
  return all;
}

void require_refused(Caller& call, const std::string& path) {
  for (const Attempt& attempt : kAttempts) {
    const Errc code = file_failure(call, attempt.function, arguments(path, attempt));
    INFO(std::string(attempt.function) << " " << path << " " << to_string(code));
    CHECK((code == Errc::not_capable || code == Errc::invalid_argument || code == Errc::io));
  }
  for (const char* function : {"rename", "copy"}) {
    const Errc code = file_failure(call, function, {"a.md", path});
    INFO(std::string(function) << " a.md " << path << " " << to_string(code));
    CHECK((code == Errc::not_capable || code == Errc::invalid_argument || code == Errc::io));
  }
}

void check_unharmed(const FilesWorld& world) {
  CHECK(world.folder.get("ws_evil/x") == "hidden");
  CHECK(world.folder.get("ws/secret/key") == "hidden");
  CHECK(world.folder.get("ws/a.md") == "alpha");
  CHECK_FALSE(stdfs::exists(world.at("ws/loot")));
  CHECK(std::distance(stdfs::directory_iterator(world.at("ws_evil")), stdfs::directory_iterator()) == 1);
}

TEST_CASE("no name leads out of the scope, by any function") {
  const FilesWorld world;
  Caller call = world.allowed({path_rule("$WORKSPACE/**")}, {path_rule("$WORKSPACE/secret")});
  for (const std::string& name : {std::string("../ws_evil/x"),
                                  std::string("sub/../../ws_evil/x"),
                                  std::string("$WORKSPACE/../ws_evil/x"),
                                  world.at("ws_evil/x"),
                                  world.at("ws/../ws_evil/x"),
                                  std::string("//etc/passwd"),
                                  std::string("/"),
                                  std::string("secret"),
                                  std::string("secret/key"),
                                  std::string("./sub/.././secret//key"),
                                  world.at("ws/secret/key"),
                                  std::string(""),
                                  std::string("a.md\0/../../x", 13),
                                  std::string("secret/key\0.md", 14),
                                  std::string(100'000, 'a'),
                                  std::string("$HOME/x"),
                                  std::string("$"),
                                  std::string("$/x"),
                                  std::string("~/x"),
                                  std::string("%2e%2e/ws_evil/x"),
                                  std::string("/proc/self/cwd"),
                                  std::string("/proc/self/environ"),
                                  std::string("/dev/stdin"),
                                  std::string("/sys/kernel/notes")}) {
    require_refused(call, name);
  }
  check_unharmed(world);
}

TEST_CASE("no link leads out of the scope, by any function") {
  const FilesWorld world;
  stdfs::create_symlink(world.at("ws_evil"), world.at("ws/absolute"));
  stdfs::create_symlink("../ws_evil", world.at("ws/relative"));
  stdfs::create_symlink("relative", world.at("ws/twice"));
  stdfs::create_symlink("secret", world.at("ws/innocent"));
  stdfs::create_symlink("/proc/self/root", world.at("ws/magic"));
  Caller call = world.allowed({path_rule("$WORKSPACE/**")}, {path_rule("$WORKSPACE/secret")});
  for (const std::string link : {"absolute", "relative", "twice", "innocent"}) {
    require_refused(call, link + "/x");
    require_refused(call, link + "/key");
  }
  require_refused(call, "magic/etc/passwd");
  check_unharmed(world);
}

// What may be done with what is no file at all, even where the rules say everything.
TEST_CASE("what is neither a file nor a folder is refused without being waited on") {
  const FilesWorld world;
  REQUIRE(::mkfifo(world.at("ws/pipe").c_str(), 0600) == 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = world.at("ws/socket");
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(listener);
  Caller call = world.plugin(testing::whole("fs.read"), testing::whole("fs.write")).value();
  for (const std::string special :
       {"pipe", "socket", "/dev/null", "/dev/zero", "/proc/self/environ", "/proc/self/mem"})
    require_refused(call, special);
  stdfs::create_directory(world.at("ws/nest"));
  stdfs::rename(world.at("ws/pipe"), world.at("ws/nest/pipe"));
  CHECK(file_failure(call, "remove", {"nest", kRecursive}) == Errc::io);
  CHECK(stdfs::exists(world.at("ws/nest/pipe")));
  check_unharmed(world);
}

TEST_CASE("a pattern's star stops where its author thinks it does") {
  const FilesWorld world;
  world.folder.put("ws/.env", "hidden");
  world.folder.put("ws/a/b", "hidden");
  Caller call = world.allowed({path_rule("$WORKSPACE/*"), path_rule("$WORKSPACE/a*")});
  for (const char* outside : {".env", "a/b", "secret/key", "../ws_evil"})
    CHECK(file_failure(call, "readText", {outside}) == Errc::not_capable);
  CHECK(call("fs", "readText", {"a.md"}));
}

// A folder that is deeper than any name may be long, made from inside.
TEST_CASE("a folder of great depth is refused, not followed to the end of the stack") {
  const FilesWorld world;
  int folder = ::open(world.at("ws").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < 2000; ++i) {
    REQUIRE(::mkdirat(folder, "d", 0700) == 0);
    const int inner = ::openat(folder, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(inner >= 0);
    ::close(folder);
    folder = inner;
  }
  ::close(folder);
  Caller call = world.everywhere();
  CHECK(file_failure(call, "remove", {"d", kRecursive}) == Errc::io);
  CHECK(file_failure(call, "rename", {"d", "e"}) == Errc::io);
  CHECK(stdfs::exists(world.at("ws/d/d/d")));
}

double swap_seconds() {
  const char* given = std::getenv("CLOCHE_SWAP_SECONDS");
  return given == nullptr ? 2 : std::atof(given);
}

// Makes `victim` a folder with a file, and a link to what is outside or denied, in turn, as fast as it can.
void swap(const FilesWorld& world, const std::atomic<bool>& stop, std::atomic<std::uint64_t>& swaps) {
  const std::string victim = world.at("ws/victim");
  const std::string fresh = world.at("ws/fresh");
  std::error_code ignored;  // the plugin works on the same names
  for (bool denied = false; !stop; denied = !denied) {
    stdfs::create_symlink(denied ? "secret" : "../ws_evil", fresh, ignored);
    stdfs::rename(fresh, victim, ignored);
    stdfs::remove(victim, ignored);
    stdfs::create_directory(victim, ignored);
    std::ofstream(victim + "/x") << "good";
    stdfs::remove_all(victim, ignored);
    swaps.fetch_add(1);
  }
}

// Does all there is to the victim once; whether anything of what is hidden was seen.
bool sees_hidden(Caller& call) {
  bool seen = false;
  for (const char* file : {"victim/x", "victim/key"}) {
    auto text = call("fs", "readText", {file});
    seen = seen || (text && *text == Value("hidden"));
    if (call("fs", "copy", {file, "copied"})) {
      text = call("fs", "readText", {"copied"});
      seen = seen || (text && *text == Value("hidden"));
    }
    static_cast<void>(call("fs", "rename", {file, "moved"}));
    text = call("fs", "readText", {"moved"});
    seen = seen || (text && *text == Value("hidden"));
    static_cast<void>(call("fs", "writeText", {file, "written"}));
    static_cast<void>(call("fs", "remove", {file}));
  }
  static_cast<void>(call("fs", "rename", {"a.md", "victim/a.md"}));
  static_cast<void>(call("fs", "rename", {"victim/a.md", "a.md"}));
  static_cast<void>(call("fs", "makeDirectory", {"victim/made"}));
  static_cast<void>(call("fs", "remove", {"victim", kRecursive}));
  const auto names = call("fs", "list", {"victim"});
  return seen || (names && inspect(*names).find("key") != std::string::npos);
}

// CLOCHE_SWAP_SECONDS says for how long; two by default.
TEST_CASE("a link swapped while it is used never leads out") {
  const FilesWorld world;
  Caller call = world.allowed({path_rule("$WORKSPACE/**")}, {path_rule("$WORKSPACE/secret")});
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> swaps = 0;
  std::thread swapper([&] { swap(world, stop, swaps); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(swap_seconds());
  std::uint64_t rounds = 0;
  bool seen = false;
  for (; std::chrono::steady_clock::now() < end || swaps == 0; ++rounds) seen = sees_hidden(call) || seen;
  stop = true;
  swapper.join();
  MESSAGE(rounds << " rounds of the plugin against " << swaps.load() << " swaps");
  CHECK_FALSE(seen);
  CHECK(world.folder.get("ws_evil/x") == "hidden");
  CHECK(world.folder.get("ws/secret/key") == "hidden");
  CHECK(std::distance(stdfs::directory_iterator(world.at("ws_evil")), stdfs::directory_iterator()) == 1);
  CHECK(std::distance(stdfs::directory_iterator(world.at("ws/secret")), stdfs::directory_iterator()) == 1);
}

}  // namespace
}  // namespace cloche
