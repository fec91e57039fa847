#include <cloche/builtin/storage.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "support.h"
#include "temporary_folder.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::TemporaryFolder;

Result<Caller> plugin(const std::filesystem::path& data, std::string id = "com.acme.one",
                      std::uint64_t quota = 10'000) {
  auto registry = std::make_shared<Registry>();
  define_storage(*registry, data);
  Grants grants = testing::grants_of({testing::whole("storage")});
  grants.limits.storage = quota;
  return Caller::make(registry, std::move(grants), std::move(id));
}

TEST_CASE("what was stored is there after a restart, and its kind with it") {
  const TemporaryFolder folder;
  const Value all = Object{{"u", Undefined()},
                           {"n", Null()},
                           {"d", Date{5}},
                           {"b", Bytes{0, 1, 255}},
                           {"i", BigInt{true, {1, 2}}},
                           {"x", Array{1.5, -0.0, std::numeric_limits<double>::infinity(), "s"}},
                           {"e", ErrorValue{"E", "m", "", ""}},
                           {"o", Object{{"$date", 1}}},
                           {"p", Object{{"$object", Object{{"$", 1}}}}}};
  {
    Caller call = plugin(folder.path()).value();
    CHECK(call("storage", "set", {"k", all}));
  }
  Caller call = plugin(folder.path()).value();
  const Value read = call("storage", "get", {"k"}).value();
  CHECK(read == all);
  CHECK(std::signbit(*(*read.find("x")->as<Array>())[1].as<double>()));
  CHECK(call("storage", "get", {"none"}).value() == Value());
}

TEST_CASE("keys are listed by prefix in order, removed and cleared") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path()).value();
  for (const char* key : {"b/2", "a", "b/1", "c", "b\xff"})
    static_cast<void>(call("storage", "set", {key, 1}));
  CHECK(call("storage", "keys", {"b/"}).value() == Value(Array{"b/1", "b/2"}));
  CHECK(call("storage", "keys", {"b"}).value().as<Array>()->size() == 3);
  CHECK(call("storage", "keys").value().as<Array>()->size() == 5);
  CHECK(call("storage", "remove", {"a"}).value() == Value(true));
  CHECK(call("storage", "remove", {"a"}).value() == Value(false));
  CHECK(call("storage", "clear"));
  CHECK(call("storage", "keys").value() == Value(Array{}));
  CHECK(*call("storage", "usage").value().find("used") == Value(0));
}

TEST_CASE("the quota holds, and what does not fit changes nothing") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path(), "com.acme.one", 100).value();
  CHECK(call("storage", "set", {"k", std::string(60, 'x')}));  // 1 + 62 + 32
  CHECK(*call("storage", "usage").value().find("used") == Value(95));
  CHECK(*call("storage", "usage").value().find("allowed") == Value(100));
  const Error error = call("storage", "set", {"k", std::string(66, 'y')}).error();
  CHECK(error.code() == Errc::quota);
  CHECK(error.message().find("101 bytes would be used of 100 allowed") != std::string::npos);
  CHECK(call("storage", "get", {"k"}).value() == Value(std::string(60, 'x')));
  CHECK(call("storage", "set", {"l", 1}).error().code() == Errc::quota);
  CHECK(call("storage", "set", {"k", 1}));
  CHECK(call("storage", "set", {"l", 1}));
  CHECK(*call("storage", "usage").value().find("used") == Value(68));
}

TEST_CASE("keys and values that cannot be kept are refused") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path()).value();
  CHECK(call("storage", "set", {"", 1}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "set", {std::string(1025, 'k'), 1}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "get", {std::string(1025, 'k')}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "set", {"f", Function()}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "set", {std::string("nul\0", 4), 1}));
  CHECK(call("storage", "get", {"nul"}).value() == Value());
}

TEST_CASE("plugins do not see each other's storage, and no id leads out of the folder") {
  const TemporaryFolder folder;
  Caller one = plugin(folder.path(), "com.acme.one").value();
  Caller two = plugin(folder.path(), "com.acme.two").value();
  CHECK(one("storage", "set", {"k", 1}));
  CHECK(two("storage", "get", {"k"}).value() == Value());
  for (const char* id : {"", ".", "..", "../x", "a/b", ".hidden", "a..b", "a\\b"}) {
    CHECK_MESSAGE(plugin(folder.path(), id).error().code() == Errc::invalid_argument, id);
  }
}

TEST_CASE("two instances of one plugin share one storage and one quota") {
  const TemporaryFolder folder;
  Caller one = plugin(folder.path(), "com.acme.one", 100).value();
  Caller two = plugin(folder.path(), "com.acme.one", 100).value();
  CHECK(one("storage", "set", {"a", std::string(30, 'x')}));
  CHECK(two("storage", "get", {"a"}).value() == Value(std::string(30, 'x')));
  CHECK(two("storage", "set", {"b", std::string(30, 'x')}).error().code() == Errc::quota);
}

Value operation(const char* action, const char* key, Value value = {}) {
  return Object{{"action", action}, {"key", key}, {"value", std::move(value)}};
}
Value condition(const char* key, Value value) { return Object{{"key", key}, {"value", std::move(value)}}; }

TEST_CASE("a transaction does all of it or nothing") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path(), "com.acme.one", 200).value();
  CHECK(call("storage", "set", {"old/1", 1}));
  const Array all{operation("set", "a", Null()), operation("removePrefix", "old/"), operation("set", "b", 2),
                  operation("remove", "b")};
  CHECK(call("storage", "transaction", {all}).value() == Value(true));
  CHECK(call("storage", "keys").value() == Value(Array{"a"}));
  CHECK(call("storage", "get", {"a"}).value() == Value(Null()));
  const Array too_much{operation("set", "c", 1), operation("set", "d", std::string(200, 'x'))};
  CHECK(call("storage", "transaction", {too_much}).error().code() == Errc::quota);
  const Array bad{operation("set", "c", 1), operation("set", "", 1)};
  CHECK(call("storage", "transaction", {bad}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "transaction", {Array{operation("drop", "a")}}).error().code() ==
        Errc::invalid_argument);
  CHECK(call("storage", "keys").value() == Value(Array{"a"}));
}

TEST_CASE("a transaction does nothing where a key has not the value it should have") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path()).value();
  CHECK(call("storage", "set", {"version", 1}));
  const Value next(Array{operation("set", "version", 2)});
  CHECK(call("storage", "transaction", {next, Array{condition("version", 1)}}).value() == Value(true));
  CHECK(call("storage", "transaction", {next, Array{condition("version", 1)}}).value() == Value(false));
  CHECK(call("storage", "get", {"version"}).value() == Value(2));
  const Value first(Array{operation("set", "lock", "mine")});
  CHECK(call("storage", "transaction", {first, Array{condition("lock", {})}}).value() == Value(true));
  CHECK(call("storage", "transaction", {first, Array{condition("lock", {})}}).value() == Value(false));
  CHECK(call("storage", "transaction", {Array{}, Array{condition("", 1)}}).error().code() ==
        Errc::invalid_argument);
}

TEST_CASE("what is over the quota already can be made less") {
  const TemporaryFolder folder;
  {
    Caller wide = plugin(folder.path(), "com.acme.one", 1000).value();
    for (const char* key : {"a", "b", "c"}) CHECK(wide("storage", "set", {key, std::string(100, 'x')}));
  }
  Caller narrow = plugin(folder.path(), "com.acme.one", 100).value();
  CHECK(narrow("storage", "set", {"d", 1}).error().code() == Errc::quota);
  CHECK(narrow("storage", "remove", {"a"}).value() == Value(true));
  CHECK(narrow("storage", "removePrefix", {""}).value() == Value(2));
  CHECK(narrow("storage", "set", {"d", 1}));
}

TEST_CASE("keys are listed page by page, and several values are had at once") {
  const TemporaryFolder folder;
  Caller call = plugin(folder.path()).value();
  for (const char* key : {"a/1", "a/2", "a/3", "b"}) CHECK(call("storage", "set", {key, std::string(key)}));
  CHECK(call("storage", "keys", {"a/", Object{{"limit", 2}}}).value() == Value(Array{"a/1", "a/2"}));
  CHECK(call("storage", "keys", {"a/", Object{{"limit", 2}, {"after", "a/2"}}}).value() ==
        Value(Array{"a/3"}));
  CHECK(call("storage", "keys", {"a/", Object{{"after", "a/3"}}}).value() == Value(Array{}));
  CHECK(call("storage", "keys", {"", Object{{"limit", 0}}}).error().code() == Errc::invalid_argument);
  CHECK(call("storage", "getMany", {Array{"b", "none", "a/1"}}).value() == Value(Array{"b", Value(), "a/1"}));
}

TEST_CASE("no more is read at once than may cross") {
  const TemporaryFolder folder;
  auto registry = std::make_shared<Registry>();
  define_storage(*registry, folder.path());
  Grants grants = testing::grants_of({testing::whole("storage")});
  grants.limits.message = 100;
  Caller call = Caller::make(registry, grants).value();
  CHECK(call("storage", "set", {"k", std::string(40, 'x')}));
  CHECK(call("storage", "getMany", {Array{"k", "k"}}));
  CHECK(call("storage", "getMany", {Array{"k", "k", "k"}}).error().code() == Errc::size_limit);
}

TEST_CASE("what was answered outlasts a crash of the process") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    Caller call = plugin(folder.path()).value();
    ::_exit(call("storage", "set", {"k", "kept"}) ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  Caller call = plugin(folder.path()).value();
  CHECK(call("storage", "get", {"k"}).value() == Value("kept"));
}

TEST_CASE("a damaged file is told of once and put aside") {
  const TemporaryFolder folder;
  const std::string garbage(8192, 'x');
  folder.put("com.acme.one/storage.sqlite", garbage);
  Caller call = plugin(folder.path()).value();
  const Error error = call("storage", "get", {"k"}).error();
  CHECK(error.code() == Errc::io);
  CHECK(error.message().find("is damaged") != std::string::npos);
  CHECK(error.message().find("'storage.sqlite.damaged'") != std::string::npos);
  CHECK(folder.get("com.acme.one/storage.sqlite.damaged") == garbage);
  CHECK(call("storage", "set", {"k", 1}));
  CHECK(call("storage", "get", {"k"}).value() == Value(1));
}

TEST_CASE("a file that is damaged in part is found out when that part is read") {
  const TemporaryFolder folder;
  {
    Caller call = plugin(folder.path()).value();
    for (int i = 0; i < 50; ++i) CHECK(call("storage", "set", {std::to_string(i), std::string(100, 'v')}));
  }
  std::string file = folder.get("com.acme.one/storage.sqlite");
  REQUIRE(file.size() > 8192);
  std::fill(file.begin() + 4096, file.end(), 'x');  // the schema, on the first page, stays
  folder.put("com.acme.one/storage.sqlite", file);
  Caller call = plugin(folder.path()).value();
  CHECK(call("storage", "get", {"7"}).error().message().find("is damaged") != std::string::npos);
  CHECK(folder.get("com.acme.one/storage.sqlite.damaged").size() == file.size());
  CHECK(call("storage", "get", {"7"}).value() == Value());
}

TEST_CASE("a host without a data directory offers no storage") {
  CHECK(plugin({}).error().code() == Errc::not_supported);
}

}  // namespace
}  // namespace cloche
