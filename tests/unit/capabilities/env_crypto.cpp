#include <cloche/builtin/crypto.h>
#include <cloche/builtin/env.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "scopes.h"
#include "support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::Texts;

Result<Caller> with_env(std::vector<Texts> layers, Texts denied = {}) {
  auto registry = std::make_shared<Registry>();
  define_env(*registry,
             {{"LANG", "C"}, {"LC_ALL", "de"}, {"LC_TIME", "fr"}, {"TOKEN", "s"}, {"LATIN", "\xe9"}});
  Grant grant{"env", {}, {}};
  for (Texts& names : layers) grant.allow.push_back(testing::set_of({testing::rule_of({{"names", names}})}));
  if (!denied.empty()) grant.deny.push_back(testing::set_of({testing::rule_of({{"names", denied}})}));
  return Caller::make(registry, testing::grants_of({std::move(grant)}));
}
Errc failure(Caller& call, const char* module, const char* function, std::vector<Value> arguments) {
  auto result = call(module, function, std::move(arguments));
  return result ? Errc::internal : result.error().code();
}

TEST_CASE("variables are read by name, those that are named") {
  Caller call = with_env({{"LANG", "LC_*", "UNSET", "LATIN"}}, {"LC_TIME"}).value();
  CHECK(call("env", "get", {"LANG"}).value() == Value("C"));
  CHECK(call("env", "get", {"LC_ALL"}).value() == Value("de"));
  CHECK(call("env", "get", {"UNSET"}).value() == Value());
  CHECK(call("env", "get", {"LATIN"}).value() == Value());
  CHECK(call("env", "all").value() == Value(Object{{"LANG", "C"}, {"LC_ALL", "de"}}));
  for (const char* name : {"TOKEN", "LC_TIME", "NOT_SET_EITHER", "LC", "", "*", "lang"})
    CHECK(failure(call, "env", "get", {name}) == Errc::not_capable);
  CHECK(call("env", "get", {"TOKEN"}).error().message() ==
        "'TOKEN' is outside what this plugin was granted of env: no rule names it");
}

TEST_CASE("every layer must name a variable, and a name that is none fails the load") {
  Caller call = with_env({{"*"}, {"LANG"}}).value();
  CHECK(call("env", "all").value() == Value(Object{{"LANG", "C"}}));
  for (const char* name : {"", "*_X", "A=B", "A**"})
    CHECK(with_env({{name}}).error().code() == Errc::invalid_argument);
}

TEST_CASE("the environment is the process's as it was") {
  ::setenv("CLOCHE_TEST_VARIABLE", "a=b", 1);
  const Environment environment = process_environment();
  ::setenv("CLOCHE_TEST_VARIABLE", "changed", 1);
  CHECK(environment.at("CLOCHE_TEST_VARIABLE") == "a=b");
  ::unsetenv("CLOCHE_TEST_VARIABLE");
}

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
std::string hex(const Value& value) {
  std::string text;
  for (const std::uint8_t byte : *value.as<Bytes>()) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}
Caller crypto() {
  auto registry = std::make_shared<Registry>();
  define_crypto(*registry, [](std::span<std::uint8_t> out) -> Result<void> {
    std::fill(out.begin(), out.end(), std::uint8_t{0xff});
    return {};
  });
  return Caller::make(registry, testing::grants_of({testing::whole("crypto")})).value();
}

// FIPS 180-4's example "abc".
TEST_CASE("digests are those of the standard") {
  Caller call = crypto();
  const auto digest = [&](const char* algorithm) {
    return hex(call("crypto", "digest", {algorithm, bytes("abc")}).value());
  };
  CHECK(digest("SHA-1") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(digest("SHA-256") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("sha-384") ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  CHECK(
      digest("SHA-512") ==
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d44"
      "23643ce80e2a9ac94fa54ca49f");
  CHECK(hex(call("crypto", "digest", {"SHA-256", Bytes()}).value()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const char* unknown : {"MD5", "SHA256", "", "SHA-2560"})
    CHECK(failure(call, "crypto", "digest", {unknown, Bytes()}) == Errc::invalid_argument);
}

// RFC 4231, test case 2.
TEST_CASE("authentication codes are those of the standard") {
  Caller call = crypto();
  const Value code =
      call("crypto", "hmac", {"SHA-256", bytes("Jefe"), bytes("what do ya want for nothing?")}).value();
  CHECK(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(call("crypto", "hmac", {"SHA-256", Bytes(), Bytes()}).value()) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(failure(call, "crypto", "hmac", {"none", Bytes(), Bytes()}) == Errc::invalid_argument);
}

TEST_CASE("bytes are compared, and UUIDs are of version 4") {
  Caller call = crypto();
  const auto equal = [&](Bytes a, Bytes b) {
    return call("crypto", "timingSafeEqual", {std::move(a), std::move(b)}).value() == Value(true);
  };
  CHECK(equal(bytes("abc"), bytes("abc")));
  CHECK(equal({}, {}));
  CHECK_FALSE(equal(bytes("abc"), bytes("abd")));
  CHECK_FALSE(equal(bytes("abc"), bytes("ab")));
  CHECK(call("crypto", "randomUUID").value() == Value("ffffffff-ffff-4fff-bfff-ffffffffffff"));
}

}  // namespace
}  // namespace cloche
