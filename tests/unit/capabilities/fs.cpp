#include <cloche/builtin/fs.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support.h"
#include "temporary_folder.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;
using testing::Caller;
using testing::TemporaryFolder;

ScopeRule rule(std::string path) {
  ScopeRule rule;
  rule.fields.emplace("path", std::move(path));
  return rule;
}
ScopeRule rule(std::string path, std::uint64_t max_bytes) {
  ScopeRule bounded = rule(std::move(path));
  bounded.fields.emplace("max_bytes", max_bytes);
  return bounded;
}
ScopeSet set(std::vector<ScopeRule> rules) {
  ScopeSet set;
  set.rules = std::move(rules);
  return set;
}

// A workspace beside a neighbour whose name begins alike, and a plugin that holds some of it.
struct World {
  TemporaryFolder folder;
  World() {
    folder.put("ws/a.md", "alpha");
    folder.put("ws/sub/b.md", "beta");
    folder.put("ws/.env", "hidden");
    folder.put("ws/secret/key", "hidden");
    folder.put("ws_evil/x", "hidden");
    folder.put("outside", "hidden");
  }

  Result<Caller> plugin(std::vector<ScopeSet> allow, std::vector<ScopeSet> deny = {},
                        std::string id = "com.acme.test", Limits limits = {}) const {
    auto registry = std::make_shared<Registry>();
    define_fs(*registry, {{{"WORKSPACE", folder.path() / "ws"}}, folder.path() / "data"});
    Grants grants = testing::grants_of({{"fs.read", allow, deny}, {"fs.write", allow, deny}});
    grants.limits = limits;
    return Caller::make(registry, std::move(grants), std::move(id));
  }
  Caller everywhere_in_workspace() const { return plugin({set({rule("$WORKSPACE/**")})}).value(); }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
};

Errc failure(Caller& call, const char* function, std::vector<Value> arguments) {
  auto result = call("fs", function, std::move(arguments));
  return result ? Errc::internal : result.error().code();
}

TEST_CASE("files inside the scope are read by any of their names") {
  const World world;
  Caller call = world.everywhere_in_workspace();
  CHECK(call("fs", "readText", {"$WORKSPACE/a.md"}).value() == Value("alpha"));
  CHECK(call("fs", "readText", {"a.md"}).value() == Value("alpha"));
  CHECK(call("fs", "readText", {"./sub//../sub/b.md"}).value() == Value("beta"));
  CHECK(call("fs", "readText", {world.at("ws/a.md")}).value() == Value("alpha"));
  CHECK(call("fs", "readBytes", {"a.md"}).value() == Value(Bytes{'a', 'l', 'p', 'h', 'a'}));
}

TEST_CASE("names that lead elsewhere are refused, and no message tells where that is") {
  const World world;
  Caller call = world.everywhere_in_workspace();
  for (const std::string& name :
       {std::string("../outside"), std::string("$WORKSPACE/../outside"), world.at("outside"),
        world.at("ws_evil/x"), std::string("sub/../../ws_evil/x"), std::string("/"),
        std::string("/etc/passwd"), std::string("/proc/self/environ")}) {
    const auto result = call("fs", "readText", {name});
    REQUIRE_FALSE(result);
    CHECK_MESSAGE(result.error().code() == Errc::not_capable, name);
    if (!name.starts_with('/'))
      CHECK(result.error().message().find(world.folder.path()) == std::string::npos);
  }
  CHECK(failure(call, "readText", {""}) == Errc::invalid_argument);
  CHECK(failure(call, "readText", {std::string("a.md\0b", 6)}) == Errc::invalid_argument);
  CHECK(failure(call, "readText", {std::string(5000, 'x')}) == Errc::invalid_argument);
  CHECK(failure(call, "readText", {"$HOME/x"}) == Errc::invalid_argument);
  CHECK(failure(call, "readText", {"sub\\..\\..\\outside"}) == Errc::io);  // backslash is part of a name
}

TEST_CASE("every layer must allow, and any may deny") {
  const World world;
  Caller narrowed = world.plugin({set({rule("$WORKSPACE/**")}), set({rule("$WORKSPACE/sub/**")})}).value();
  CHECK(narrowed("fs", "readText", {"sub/b.md"}));
  CHECK(failure(narrowed, "readText", {"a.md"}) == Errc::not_capable);

  Caller denied = world
                      .plugin({set({rule("$WORKSPACE/**")})},
                              {set({rule("$WORKSPACE/.env*"), rule("$WORKSPACE/secret")})})
                      .value();
  CHECK(denied("fs", "readText", {"a.md"}));
  CHECK(failure(denied, "readText", {".env"}) == Errc::not_capable);
  CHECK(failure(denied, "readText", {"secret/key"}) == Errc::not_capable);
  CHECK(failure(denied, "writeText", {"secret/new", "x"}) == Errc::not_capable);

  Caller nothing = world.plugin({}).value();
  CHECK(failure(nothing, "readText", {"a.md"}) == Errc::not_capable);
  Caller empty = world.plugin({set({})}).value();
  CHECK(failure(empty, "readText", {"a.md"}) == Errc::not_capable);
}

TEST_CASE("a star stops at a slash and at a leading dot, two stars do not") {
  const World world;
  Caller one = world.plugin({set({rule("$WORKSPACE/*")})}).value();
  CHECK(one("fs", "readText", {"a.md"}));
  CHECK(failure(one, "readText", {".env"}) == Errc::not_capable);
  CHECK(failure(one, "readText", {"sub/b.md"}) == Errc::not_capable);
  Caller all = world.everywhere_in_workspace();
  CHECK(all("fs", "readText", {".env"}));
  CHECK(all("fs", "readText", {"sub/b.md"}));
}

TEST_CASE("symbolic links lead nowhere outside the scope") {
  const World world;
  stdfs::create_symlink(world.at("outside"), world.at("ws/absolute"));
  stdfs::create_symlink("../outside", world.at("ws/relative"));
  stdfs::create_symlink("../ws_evil", world.at("ws/folder"));
  stdfs::create_symlink(".env", world.at("ws/innocent"));
  stdfs::create_symlink("sub/b.md", world.at("ws/good"));
  stdfs::create_symlink("loop", world.at("ws/loop"));
  Caller call = world.plugin({set({rule("$WORKSPACE/**")})}, {set({rule("$WORKSPACE/.env")})}).value();
  for (const char* name : {"absolute", "relative", "folder/x", "innocent", "loop"}) {
    CHECK_MESSAGE(failure(call, "readText", {name}) == Errc::not_capable, name);
    CHECK_MESSAGE(failure(call, "stat", {name}) == Errc::not_capable, name);
  }
  CHECK(call("fs", "readText", {"good"}).value() == Value("beta"));
  CHECK(failure(call, "writeText", {"folder/new", "x"}) == Errc::not_capable);
  CHECK(failure(call, "writeText", {"relative", "x"}) == Errc::io);
  CHECK(world.folder.get("outside") == "hidden");
  CHECK(failure(call, "list", {"folder"}) == Errc::not_capable);
  CHECK(call("fs", "remove", {"relative"}));  // the link itself
  CHECK(world.folder.get("outside") == "hidden");
}

TEST_CASE("a rule's own folder may not be a link out of what it begins with") {
  const World world;
  stdfs::create_symlink("../ws_evil", world.at("ws/link"));
  Caller call = world.plugin({set({rule("$WORKSPACE/link/**")})}).value();
  CHECK(failure(call, "readText", {"link/x"}) == Errc::not_capable);
  Caller absolute = world.plugin({set({rule(world.at("ws/link") + "/**")})}).value();
  CHECK(failure(absolute, "readText", {world.at("ws/link/x")}) == Errc::not_capable);
}

TEST_CASE("pipes, sockets, devices and the kernel's files are refused without waiting") {
  const World world;
  REQUIRE(::mkfifo(world.at("ws/pipe").c_str(), 0600) == 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = world.at("ws/socket");
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(listener);
  ScopeSet everything;
  everything.everything = true;
  Caller call = world.plugin({everything}).value();
  for (const char* special : {"pipe", "socket"}) {
    for (const char* function : {"readText", "stat", "list", "remove"}) {
      CHECK_MESSAGE(failure(call, function, {special}) == Errc::io, special << " " << function);
    }
    CHECK(failure(call, "writeText", {special, "x"}) == Errc::io);
  }
  CHECK(failure(call, "readText", {"/dev/zero"}) == Errc::io);
  CHECK(failure(call, "writeText", {"/dev/null", "x"}) == Errc::io);
  CHECK(failure(call, "readText", {"/proc/self/environ"}) == Errc::not_capable);
  CHECK(failure(call, "writeText", {"/proc/self/mem", "x"}) == Errc::not_capable);
  CHECK(failure(call, "list", {"/proc"}) == Errc::not_capable);
}

TEST_CASE("list shows what is inside the scope, sorted") {
  const World world;
  stdfs::create_symlink("../outside", world.at("ws/leak"));
  stdfs::create_symlink("sub", world.at("ws/alias"));
  Caller call =
      world
          .plugin({set({rule("$WORKSPACE/**")})}, {set({rule("$WORKSPACE/secret"), rule("$WORKSPACE/.env")})})
          .value();
  const auto entry = [](const char* name, const char* type) {
    return Value(Object{{"name", name}, {"type", type}});
  };
  CHECK(call("fs", "list", {"$WORKSPACE"}).value() ==
        Value(Array{entry("a.md", "file"), entry("alias", "directory"), entry("sub", "directory")}));
  CHECK(failure(call, "list", {"a.md"}) == Errc::io);
  CHECK(failure(call, "list", {"secret"}) == Errc::not_capable);
}

TEST_CASE("stat tells type, size and time") {
  const World world;
  Caller call = world.everywhere_in_workspace();
  const Value file = call("fs", "stat", {"a.md"}).value();
  CHECK(*file.find("type") == Value("file"));
  CHECK(*file.find("size") == Value(5));
  CHECK(file.find("modified")->as<Date>()->milliseconds > 1.5e12);
  CHECK(*call("fs", "stat", {"sub"}).value().find("type") == Value("directory"));
  const Error error = call("fs", "stat", {"none.md"}).error();
  CHECK(error.code() == Errc::io);
  CHECK(error.message() == "cannot open 'none.md': No such file or directory");
}

TEST_CASE("writing replaces the whole file, keeps its mode and leaves nothing behind") {
  const World world;
  Caller call = world.everywhere_in_workspace();
  stdfs::permissions(world.at("ws/a.md"), stdfs::perms::owner_read | stdfs::perms::owner_write);
  CHECK(call("fs", "writeText", {"a.md", "new"}));
  CHECK(world.folder.get("ws/a.md") == "new");
  CHECK(stdfs::status(world.at("ws/a.md")).permissions() ==
        (stdfs::perms::owner_read | stdfs::perms::owner_write));
  CHECK(call("fs", "writeBytes", {"sub/c.bin", Bytes{0, 255}}));
  CHECK(world.folder.get("ws/sub/c.bin") == std::string("\0\xff", 2));
  CHECK(failure(call, "writeText", {"sub", "x"}) == Errc::io);
  CHECK(failure(call, "writeText", {"none/x", "x"}) == Errc::io);
  std::size_t count = 0;
  for (const auto& unused : stdfs::directory_iterator(world.at("ws/sub"))) count += unused.exists() ? 1U : 0U;
  CHECK(count == 2);
}

TEST_CASE("folders are made and removed, but not full ones and not the root") {
  const World world;
  Caller call = world.everywhere_in_workspace();
  CHECK(call("fs", "makeDirectory", {"made"}));
  CHECK(call("fs", "makeDirectory", {"made"}));
  CHECK(failure(call, "makeDirectory", {"a.md"}) == Errc::io);
  CHECK(failure(call, "makeDirectory", {"x/y"}) == Errc::io);
  CHECK(call("fs", "remove", {"made"}));
  CHECK_FALSE(stdfs::exists(world.at("ws/made")));
  CHECK(failure(call, "remove", {"secret"}) == Errc::io);
  CHECK(failure(call, "remove", {"$WORKSPACE"}) == Errc::not_capable);
  CHECK(failure(call, "remove", {"."}) == Errc::not_capable);
  CHECK(call("fs", "remove", {"a.md"}));
  CHECK_FALSE(stdfs::exists(world.at("ws/a.md")));
}

TEST_CASE("sizes are bounded by the strictest layer, and by what may cross") {
  const World world;
  Caller call = world
                    .plugin({set({rule("$WORKSPACE/**", 100), rule("$WORKSPACE/*.md", 5)}),
                             set({rule("$WORKSPACE/**", 5)})})
                    .value();
  CHECK(call("fs", "readText", {"a.md"}));
  CHECK(failure(call, "readText", {".env"}) == Errc::size_limit);
  CHECK(call("fs", "writeText", {"n", "12345"}));
  CHECK(failure(call, "writeText", {"n", "123456"}) == Errc::size_limit);
  CHECK(world.folder.get("ws/n") == "12345");
  Limits small;
  small.message = 4;
  Caller tight = world.plugin({set({rule("$WORKSPACE/**")})}, {}, "com.acme.test", small).value();
  CHECK(failure(tight, "readText", {"a.md"}) == Errc::size_limit);
}

TEST_CASE("text that is not UTF-8 is not read as text") {
  const World world;
  world.folder.put("ws/latin1", "caf\xe9");
  Caller call = world.everywhere_in_workspace();
  CHECK(failure(call, "readText", {"latin1"}) == Errc::io);
  CHECK(call("fs", "readBytes", {"latin1"}));
}

TEST_CASE("each plugin has data of its own") {
  const World world;
  const auto data = [&](const char* id) { return world.plugin({set({rule("$PLUGIN_DATA/**")})}, {}, id); };
  Caller one = data("com.acme.one").value();
  Caller two = data("com.acme.two").value();
  CHECK(one("fs", "writeText", {"$PLUGIN_DATA/x", "mine"}));
  CHECK(failure(two, "readText", {"$PLUGIN_DATA/x"}) == Errc::io);
  CHECK(failure(two, "readText", {world.at("data/com.acme.one/files/x")}) == Errc::not_capable);
  CHECK(data("../com.acme.one").error().code() == Errc::invalid_argument);
}

TEST_CASE("a rule that cannot be understood fails the load") {
  const World world;
  for (const char* pattern :
       {"", "a/**", "$HOME/**", "$WORKSPACE/{a,b}", "$WORKSPACE/[ab]", "$WORKSPACE/a**", "/a/../b"}) {
    CHECK_MESSAGE(world.plugin({set({rule(pattern)})}).error().code() == Errc::invalid_argument, pattern);
    CHECK_MESSAGE(
        world.plugin({set({rule("/x")})}, {set({rule(pattern)})}).error().code() == Errc::invalid_argument,
        pattern);
  }
  CHECK(world.plugin({set({ScopeRule{}})}).error().code() == Errc::invalid_argument);
}

}  // namespace
}  // namespace cloche
