#include <cloche/registry.h>
#include <doctest/doctest.h>

#include <stdexcept>

#include "support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::grants_of;
using testing::whole;

struct Range {
  int from = 0;
  int to = 0;
};
BOOST_DESCRIBE_STRUCT(Range, (), (from, to))

std::shared_ptr<const Registry> editor() {
  auto registry = std::make_shared<Registry>();
  registry->define("editor")
      .summary("The open document")
      .sync("select",
            [](Range range, std::optional<bool> extend) { return range.to - range.from + (extend ? 1 : 0); },
            {{"range", "extend"}, "Selects"})
      .sync("who", [](Call& call) { return call.plugin().id; })
      .sync("refuse", []() -> Result<int> { return Error(Errc::quota, "no more today"); })
      .sync("fail", []() -> int { throw std::runtime_error("secret of the host"); })
      .sync("nothing", [] {})
      .async("length", [](const std::string& text) { return text.size(); }, {{"text"}, ""})
      .async("work", [](Call& call) -> Result<int> { return call.blocking([] { return 42; }); });
  registry->define("editor.admin").sync("close", [] {});
  return registry;
}

Caller caller() { return Caller::make(editor(), grants_of({whole("editor")})).value(); }

TEST_CASE("host functions are called with their C++ types") {
  Caller call = caller();
  CHECK(call("editor", "select", {Object{{"from", 2}, {"to", 5}}}).value() == Value(3));
  CHECK(call("editor", "select", {Object{{"from", 2}, {"to", 5}}, true}).value() == Value(4));
  CHECK(call("editor", "who").value() == Value("com.acme.test"));
  CHECK(call("editor", "nothing").value() == Value());
  CHECK(call("editor", "length", {"abc"}).value() == Value(3));
  CHECK(call("editor", "work").value() == Value(42));
}

TEST_CASE("a wrong argument is told by function, parameter and expected type") {
  Caller call = caller();
  const Error error = call("editor", "select", {Object{{"from", "x"}, {"to", 5}}}).error();
  CHECK(error.code() == Errc::invalid_argument);
  CHECK(error.message() == "select: argument 1 (range.from): expected number, found string");
  CHECK(call("editor", "select").error().message() ==
        "select: argument 1 (range): expected object, found undefined");
  CHECK(call("editor", "length", {1}).error().message() ==
        "length: argument 1 (text): expected string, found number");
}

TEST_CASE("errors a host function returns reach the plugin, the text of an exception does not") {
  Caller call = caller();
  CHECK(call("editor", "refuse").error().code() == Errc::quota);
  const Error error = call("editor", "fail").error();
  CHECK(error.code() == Errc::internal);
  CHECK(error.message() == "fail: the host function failed");
  REQUIRE(error.cause() != nullptr);
  CHECK(error.cause()->message() == "secret of the host");
}

TEST_CASE("only what was granted exists") {
  Caller one = caller();
  CHECK(one("editor", "close").error().code() == Errc::no_such_export);
  CHECK(one.bindings().modules().size() == 1);
  Caller both = Caller::make(editor(), grants_of({whole("editor"), whole("editor.admin")})).value();
  CHECK(both("editor", "close"));
  CHECK(both.bindings().modules().size() == 1);
  Caller none = Caller::make(editor(), grants_of({})).value();
  CHECK(none.bindings().modules().empty());
}

TEST_CASE("a capability the host does not offer cannot be bound") {
  CHECK(Caller::make(editor(), grants_of({whole("network")})).error().code() == Errc::not_supported);
}

TEST_CASE("a scope is made once for each plugin, from its grant, and reaches the functions") {
  int made = 0;
  auto registry = std::make_shared<Registry>();
  registry->define("counter")
      .scope({},
             [&made](const Grant& grant, const PluginInfo& plugin) -> Result<std::shared_ptr<std::string>> {
               ++made;
               if (plugin.id == "com.acme.bad") return Error(Errc::invalid_argument, "not for you");
               return std::make_shared<std::string>(plugin.id + "/" + grant.capability);
             })
      .sync("scope", [](Call& call) { return call.scope<std::string>(); });
  Caller first = Caller::make(registry, grants_of({whole("counter")}), "com.acme.one").value();
  Caller second = Caller::make(registry, grants_of({whole("counter")}), "com.acme.two").value();
  CHECK(made == 2);
  CHECK(first("counter", "scope").value() == Value("com.acme.one/counter"));
  CHECK(second("counter", "scope").value() == Value("com.acme.two/counter"));
  CHECK(Caller::make(registry, grants_of({whole("counter")}), "com.acme.bad").error().message() ==
        "not for you");
}

TEST_CASE("a plugin's limits reach its host functions") {
  auto registry = std::make_shared<Registry>();
  registry->define("limits").sync("storage", [](Call& call) { return call.plugin().limits.storage; });
  Grants grants = grants_of({whole("limits")});
  grants.limits.storage = 77;
  Caller call = Caller::make(registry, grants).value();
  CHECK(call("limits", "storage").value() == Value(77));
}

TEST_CASE("the catalogue tells what there is") {
  const Catalogue catalogue = editor()->catalogue();
  REQUIRE(catalogue.find("editor") != nullptr);
  CHECK(catalogue.find("editor")->summary == "The open document");
  CHECK(catalogue.find("editor.admin")->module() == "editor");
  CHECK(catalogue.find("editor.admin")->functions == std::vector<std::string>{"close"});
}

}  // namespace
}  // namespace cloche
