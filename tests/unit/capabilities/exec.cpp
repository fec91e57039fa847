#include <cloche/builtin/exec.h>
#include <doctest/doctest.h>

#include "scopes.h"
#include "support.h"
#include "temporary_folder.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;
using testing::Caller;
using testing::rule_of;
using testing::set_of;
using testing::Texts;

struct World {
  testing::TemporaryFolder folder;
  World() {
    folder.put("ws/sub/a.txt", "alpha");
    folder.put("outside/b.txt", "beta");
  }
  Result<Caller> plugin(std::vector<ScopeSet> allow, std::vector<ScopeSet> deny = {}) const {
    ExecOptions options;
    options.environment = {{"KEEP_ONE", "1"}, {"KEEP_TWO", "2"}, {"SECRET", "s"}};
    options.folders.directories = {{"WORKSPACE", folder.path() / "ws"}};
    auto registry = std::make_shared<Registry>();
    define_exec(*registry, std::move(options));
    return Caller::make(registry, testing::grants_of({{"exec", std::move(allow), std::move(deny)}}));
  }
  Caller allowed(std::map<std::string, ScopeValue> fields) const {
    return plugin({set_of({rule_of(std::move(fields))})}).value();
  }
};

Value list(const Texts& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}
std::string text_of(const Value& value, const char* member = "stdout") {
  const auto* bytes = value.find(member)->as<Bytes>();
  return {bytes->begin(), bytes->end()};
}
Result<Value> run(Caller& call, const char* command, const Texts& args, Object options = {}) {
  return call("exec", "run", {command, list(args), std::move(options)});
}
Errc failure(const Result<Value>& result) { return result ? Errc::internal : result.error().code(); }

TEST_CASE("a program's output, and how it ended, are told") {
  const World world;
  Caller call = world.allowed({{"command", "sh"}, {"args", Texts{"**"}}});
  const Value good = run(call, "sh", {"-c", "echo out; echo err >&2; exit 3"}).value();
  CHECK(*good.find("code") == Value(3));
  CHECK(*good.find("signal") == Value());
  CHECK(text_of(good) == "out\n");
  CHECK(text_of(good, "stderr") == "err\n");
  CHECK(*good.find("truncated") == Value(false));
  const Value killed = run(call, "sh", {"-c", "kill -TERM $$"}).value();
  CHECK(*killed.find("code") == Value());
  CHECK(*killed.find("signal") == Value("SIGTERM"));
}

TEST_CASE("no shell reads the arguments") {
  const World world;
  Caller call = world.allowed({{"command", "printf"}, {"args", Texts{"%s|", "*", "*"}}});
  CHECK(text_of(run(call, "printf", {"%s|", "$(id); `id`", "a  b*\n"}).value()) == "$(id); `id`|a  b*\n|");
}

TEST_CASE("arguments match one by one, and a star is no option") {
  const World world;
  Caller call = world.allowed({{"command", "echo"}, {"args", Texts{"log", "--depth=*", "*", "a*z"}}});
  CHECK(run(call, "echo", {"log", "--depth=5", "", "a/b z"}));
  for (const Texts& args : std::vector<Texts>{{"log", "--depth=5", "f"},
                                              {"log", "--depth=5", "f", "az", "more"},
                                              {"log", "--depth", "f", "az"},
                                              {"log", "--depth=5", "--output=x", "az"},
                                              {"log", "--depth=5", "-", "az"},
                                              {"push", "--depth=5", "f", "az"},
                                              {"log", "--depth=5", "f", "az "},
                                              {}}) {
    CHECK(failure(run(call, "echo", args)) == Errc::not_capable);
  }
  Caller rest = world.allowed({{"command", "echo"}, {"args", Texts{"blame", "**"}}});
  CHECK(run(rest, "echo", {"blame"}));
  CHECK(run(rest, "echo", {"blame", "--porcelain", "x"}));
  CHECK(failure(run(rest, "echo", {"--version", "blame"})) == Errc::not_capable);
  Caller none = world.allowed({{"command", "echo"}});
  CHECK(run(none, "echo", {}));
  CHECK(failure(run(none, "echo", {"x"})) == Errc::not_capable);
  CHECK(call("exec", "run", {"echo", list({"x"})}).error().message() ==
        "'echo' is outside what this plugin was granted of exec: no rule allows it with these arguments, "
        "folder "
        "and variables");
}

TEST_CASE("commands are looked up where the host says, and nowhere else") {
  const World world;
  ScopeSet everything;
  everything.everything = true;
  Caller call = world.plugin({everything}).value();
  CHECK(failure(run(call, "no-such-program", {})) == Errc::io);
  CHECK(failure(run(call, "sub/tool", {})) == Errc::invalid_argument);
  CHECK(failure(run(call, "", {})) == Errc::invalid_argument);
  CHECK(failure(run(call, "echo", {std::string("a\0b", 3)})) == Errc::invalid_argument);
  CHECK(failure(run(call, (world.folder.path() / "ws/sub/a.txt").c_str(), {})) == Errc::io);
  Caller named = world.allowed({{"command", "echo"}});
  CHECK(failure(run(named, "cat", {})) == Errc::not_capable);
  CHECK(failure(run(named, "/bin/../bin/cat", {})) == Errc::not_capable);
}

TEST_CASE("whoever denies a program or some arguments denies them by every name") {
  const World world;
  stdfs::create_symlink("/bin/echo", world.folder.path() / "ws/hello");
  ScopeSet everything;
  everything.everything = true;
  Caller call =
      world
          .plugin({everything}, {set_of({rule_of({{"command", "/bin/echo"}})}),
                                 set_of({rule_of({{"command", "printf"}, {"args", Texts{"*", "x"}}})})})
          .value();
  CHECK(failure(run(call, "echo", {"a"})) == Errc::not_capable);
  CHECK(failure(run(call, (world.folder.path() / "ws/hello").c_str(), {})) == Errc::not_capable);
  CHECK(failure(run(call, "printf", {"-v", "x"})) == Errc::not_capable);
  CHECK(run(call, "printf", {"y"}));
}

TEST_CASE("the environment is empty but for what the rule names") {
  const World world;
  Caller bare = world.allowed({{"command", "env"}});
  CHECK(text_of(run(bare, "env", {}).value()).empty());
  CHECK(failure(run(bare, "env", {}, {{"env", Object{{"LD_PRELOAD", "x"}}}})) == Errc::not_capable);
  Caller call =
      world.allowed({{"command", "env"}, {"env", Texts{"KEEP_*"}}, {"set_env", Texts{"GIVEN", "KEEP_TWO"}}});
  CHECK(text_of(run(call, "env", {}).value()) == "KEEP_ONE=1\nKEEP_TWO=2\n");
  const Object given{{"env", Object{{"GIVEN", "a=b"}, {"KEEP_TWO", "3"}}}};
  CHECK(text_of(run(call, "env", {}, given).value()) == "GIVEN=a=b\nKEEP_ONE=1\nKEEP_TWO=3\n");
  CHECK(failure(run(call, "env", {}, {{"env", Object{{"KEEP_ONE", "3"}}}})) == Errc::not_capable);
  ScopeSet everything;
  everything.everything = true;
  Caller whole = world.plugin({everything}).value();
  CHECK(text_of(run(whole, "env", {}).value()).empty());
}

TEST_CASE("several layers pass on what all of them name") {
  const World world;
  const auto layer = [](Texts names) {
    return set_of({rule_of({{"command", "env"}, {"env", std::move(names)}})});
  };
  Caller call = world.plugin({layer({"KEEP_*"}), layer({"KEEP_ONE", "SECRET"})}).value();
  CHECK(text_of(run(call, "env", {}).value()) == "KEEP_ONE=1\n");
}

TEST_CASE("it runs in the workspace, or in a folder the rule lets it choose") {
  const World world;
  stdfs::create_symlink("../outside", world.folder.path() / "ws/leak");
  const std::string root = world.folder.path().string();
  Caller fixed = world.allowed({{"command", "pwd"}});
  CHECK(text_of(run(fixed, "pwd", {}).value()) == root + "/ws\n");
  CHECK(failure(run(fixed, "pwd", {}, {{"cwd", "sub"}})) == Errc::not_capable);
  Caller call = world.allowed({{"command", "pwd"}, {"cwd", "$WORKSPACE/**"}});
  CHECK(text_of(run(call, "pwd", {}, {{"cwd", "sub"}}).value()) == root + "/ws/sub\n");
  for (const char* elsewhere : {"leak", "..", "/", "/proc/self"})
    CHECK(failure(run(call, "pwd", {}, {{"cwd", elsewhere}})) == Errc::not_capable);
  for (const char* none : {"none", "sub/a.txt"})
    CHECK(failure(run(call, "pwd", {}, {{"cwd", none}})) == Errc::io);
}

TEST_CASE("input and output of a megabyte pass through") {
  const World world;
  Caller call = world.allowed({{"command", "cat"}});
  Bytes much(1 << 20, 'x');
  much[7] = 0;
  const Value echoed = run(call, "cat", {}, {{"input", much}}).value();
  CHECK(*echoed.find("stdout") == Value(much));
  CHECK(text_of(run(call, "cat", {}).value()).empty());
  Caller deaf = world.allowed({{"command", "true"}});
  CHECK(*run(deaf, "true", {}, {{"input", much}}).value().find("code") == Value(0));
}

TEST_CASE("output and time are bounded") {
  const World world;
  Caller call =
      world.allowed({{"command", "sh"}, {"args", Texts{"-c", "*"}}, {"max_output", std::uint64_t{1000}}});
  const Value cut = run(call, "sh", {"-c", "while :; do echo line; echo line >&2; done"}).value();
  CHECK(text_of(cut).size() + text_of(cut, "stderr").size() == 1000);
  CHECK(*cut.find("truncated") == Value(true));
  CHECK(*cut.find("signal") == Value("SIGKILL"));
  Caller slow =
      world.allowed({{"command", "sleep"}, {"args", Texts{"*"}}, {"timeout", std::uint64_t{20'000'000}}});
  const Value late = run(slow, "sleep", {"1000"}).value();
  CHECK(*late.find("expired") == Value(true));
  CHECK(*late.find("signal") == Value("SIGKILL"));
}

TEST_CASE("a started program is read from and written to") {
  const World world;
  Caller call = world.allowed({{"command", "cat"}});
  const Value id = call("exec", "start", {"cat", Array{}, Object{{"input", true}}}).value();
  CHECK(call("exec", "write", {id, Bytes{'a', 'b'}}));
  const Value some = call("exec", "read", {id}).value();
  CHECK(text_of(some) == "ab");
  CHECK(*some.find("ended") == Value(false));
  CHECK(call("exec", "closeInput", {id}));
  CHECK(*call("exec", "wait", {id}).value().find("code") == Value(0));
  CHECK(*call("exec", "read", {id}).value().find("ended") == Value(true));
  CHECK(failure(call("exec", "write", {id, Bytes{'c'}})) == Errc::io);
  CHECK(call("exec", "close", {id}));
  CHECK(failure(call("exec", "read", {id})) == Errc::invalid_argument);
}

TEST_CASE("what nobody reads is not taken, and is there later") {
  const World world;
  Caller call = world.allowed({{"command", "head"}, {"args", Texts{"-c", "*", "*"}}});
  const Value id = call("exec", "start", {"head", list({"-c", "1000000", "/dev/zero"})}).value();
  std::size_t total = 0;
  for (bool ended = false; !ended;) {
    const Value some = call("exec", "read", {id}).value();
    const std::size_t size = some.find("stdout")->as<Bytes>()->size();
    CHECK(size <= 80 * 1024);
    total += size;
    ended = *some.find("ended") == Value(true);
  }
  CHECK(total == 1'000'000);
}

TEST_CASE("a plugin starts no more than 32 programs at once") {
  const World world;
  Caller call = world.allowed({{"command", "sleep"}, {"args", Texts{"*"}}});
  std::vector<Value> started;
  for (int i = 0; i < 32; ++i) started.push_back(call("exec", "start", {"sleep", list({"1000"})}).value());
  CHECK(failure(call("exec", "start", {"sleep", list({"1000"})})) == Errc::quota);
  CHECK(call("exec", "kill", {started[0]}));
  CHECK(*call("exec", "wait", {started[0]}).value().find("signal") == Value("SIGKILL"));
  CHECK(call("exec", "close", {started[0]}));
  CHECK(call("exec", "start", {"sleep", list({"1000"})}));
}

TEST_CASE("a rule that cannot be understood fails the load") {
  const World world;
  for (const auto& fields :
       std::vector<std::map<std::string, ScopeValue>>{{},
                                                      {{"command", "bin/git"}},
                                                      {{"command", "git"}, {"args", Texts{"**", "x"}}},
                                                      {{"command", "git"}, {"args", Texts{"x**"}}},
                                                      {{"command", "git"}, {"cwd", "relative"}},
                                                      {{"command", "git"}, {"env", Texts{"*_X"}}},
                                                      {{"command", "git"}, {"set_env", Texts{"A=B"}}}}) {
    CHECK(world.plugin({set_of({rule_of(fields)})}).error().code() == Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace cloche
