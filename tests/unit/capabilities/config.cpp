#include <cloche/builtin/config.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support.h"
#include "temporary_folder.h"

namespace cloche {
namespace {

using testing::Ear;
using testing::TemporaryFolder;

constexpr const char* kSchema = R"({
  "properties": {"depth": {"type": "integer", "minimum": 1}, "theme": {"enum": ["light", "dark"]}}
})";

std::shared_ptr<const ConfigTerms> terms() {
  return std::make_shared<const ConfigTerms>(
      ConfigTerms{ConfigSchema::parse(kSchema, "config.schema.json").value(), R"({"depth": 50})"});
}

testing::Caller plugin(const std::shared_ptr<Configuration>& configuration,
                       const std::string& id = "com.acme.one") {
  auto registry = std::make_shared<Registry>();
  define_config(*registry, configuration);
  PluginInfo info{id, "Test", "1.0.0"};
  info.config = terms();
  return testing::Caller(
      cloche::bind(registry, testing::grants_of({testing::whole("config")}), std::move(info)).value());
}

TEST_CASE("a plugin has its defaults, and over them what the user chose") {
  const auto configuration = std::make_shared<Configuration>();
  auto call = plugin(configuration);
  CHECK(call("config", "all").value() == Value(Object{{"depth", 50}}));
  CHECK(configuration->choose("com.acme.one", {{"theme", "dark"}, {"depth", 3}}));
  CHECK(call("config", "get", {"depth"}).value() == Value(3));
  CHECK(call("config", "get", {"theme"}).value() == Value("dark"));
  CHECK(call("config", "get", {"none"}).value() == Value());
  auto other = plugin(configuration, "com.acme.two");
  CHECK(other("config", "all").value() == Value(Object{{"depth", 50}}));
  CHECK(configuration->choose("com.acme.one", {}));
  CHECK(call("config", "all").value() == Value(Object{{"depth", 50}}));
}

TEST_CASE("settings that do not fit are refused with place and reason, and change nothing") {
  const auto configuration = std::make_shared<Configuration>();
  auto call = plugin(configuration);
  CHECK(configuration->choose("com.acme.one", {{"depth", 3}}));
  const Error error = configuration->choose("com.acme.one", {{"depth", 0}}).error();
  CHECK(error.code() == Errc::invalid_argument);
  CHECK(error.message().starts_with("'depth' does not fit the schema: "));
  CHECK_FALSE(configuration->choose("com.acme.one", {{"theme", "pink"}}));
  CHECK(call("config", "get", {"depth"}).value() == Value(3));
  CHECK(configuration->chosen("com.acme.one").value() == Object{{"depth", 3}});
}

TEST_CASE(
    "settings of before that do not fit any more are left alone, told of, and not given to the plugin") {
  std::string told;
  const auto configuration = std::make_shared<Configuration>(
      memory_config_store(),
      [&](const std::string& id, const Error& error) { told = id + ": " + error.message(); });
  CHECK(configuration->choose("com.acme.one", {{"depth", "deep"}}));
  auto call = plugin(configuration);
  CHECK(call("config", "all").value() == Value(Object{{"depth", 50}}));
  CHECK(told.starts_with("com.acme.one: 'depth' does not fit"));
  CHECK(configuration->chosen("com.acme.one").value() == Object{{"depth", "deep"}});
}

TEST_CASE("changes are told until the plugin, the host or the grant ends it") {
  const auto configuration = std::make_shared<Configuration>();
  const auto ear = std::make_shared<Ear>();
  {
    auto call = plugin(configuration);
    const Value number = call("config", "onChange", {Function(ear)}).value();
    CHECK(configuration->choose("com.acme.one", {{"theme", "dark"}}));
    REQUIRE(ear->heard.size() == 1);
    CHECK(ear->heard[0] ==
          Value(Object{{"changed", Array{"theme"}}, {"settings", Object{{"depth", 50}, {"theme", "dark"}}}}));
    CHECK(configuration->choose("com.acme.one", {{"theme", "dark"}}));
    CHECK(ear->heard.size() == 1);
    CHECK(call("config", "offChange", {number}).value() == Value(true));
    CHECK(call("config", "offChange", {number}).value() == Value(false));
    CHECK(configuration->choose("com.acme.one", {{"depth", 1}}));
    CHECK(ear->heard.size() == 1);

    CHECK(call("config", "onChange", {Function(ear)}));
    call.bindings().take("config", Permission::denied);
    CHECK(configuration->choose("com.acme.one", {{"depth", 2}}));
    CHECK(ear->heard.size() == 1);
  }
  auto call = plugin(configuration);
  for (int i = 0; i < 16; ++i) CHECK(call("config", "onChange", {Function(ear)}));
  CHECK(call("config", "onChange", {Function(ear)}).error().code() == Errc::quota);
}

TEST_CASE("settings in files outlast the host, and a file that is none is told of") {
  const TemporaryFolder folder;
  {
    Configuration configuration(file_config_store(folder.path()));
    CHECK(configuration.choose("com.acme.one", {{"depth", 3}, {"when", Date{0}}}));
  }
  Configuration configuration(file_config_store(folder.path()));
  CHECK(configuration.chosen("com.acme.one").value() ==
        Object{{"depth", 3}, {"when", "1970-01-01T00:00:00.000Z"}});
  CHECK(configuration.chosen("com.acme.two").value().empty());
  CHECK(configuration.chosen("../com.acme.one").error().code() == Errc::invalid_argument);
  struct stat status {};
  REQUIRE(::stat((folder.path() / "com.acme.one/config.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  folder.put("com.acme.one/config.json", "[]");
  CHECK(configuration.chosen("com.acme.one").error().code() == Errc::io);
}

}  // namespace
}  // namespace cloche
