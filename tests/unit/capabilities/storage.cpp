#include <cloche/builtin/storage.h>
#include <doctest/doctest.h>

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

TEST_CASE("a host without a data directory offers no storage, and a damaged file is told") {
  CHECK(plugin({}).error().code() == Errc::not_supported);
  const TemporaryFolder folder;
  folder.put("com.acme.one/storage.sqlite", std::string(8192, 'x'));
  Caller call = plugin(folder.path()).value();
  CHECK(call("storage", "get", {"k"}).error().code() == Errc::io);
}

}  // namespace
}  // namespace cloche
