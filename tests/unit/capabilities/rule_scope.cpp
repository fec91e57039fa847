#include <cloche/manifest.h>
#include <cloche/registry.h>
#include <doctest/doctest.h>

#include "support.h"

namespace cloche {

enum class Mode : std::uint8_t { view, edit };
BOOST_DESCRIBE_ENUM(Mode, view, edit)

struct OpenRule {
  std::string language;
  std::optional<Mode> mode;
  std::optional<ScopeSize> max_size;
  std::optional<std::uint8_t> tabs;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::chrono::milliseconds> patience;
  std::optional<bool> hidden;
  std::optional<ScopePath> folder;
  std::optional<ScopeUrl> origin;
};
BOOST_DESCRIBE_STRUCT(OpenRule, (), (language, mode, max_size, tabs, tags, patience, hidden, folder, origin))

namespace {

using testing::Caller;

struct Opening {
  std::string language;
  Mode mode = Mode::view;
  std::uint64_t size = 0;
};

bool matches(const OpenRule& rule, const Opening& opening) {
  return (rule.language == "*" || rule.language == opening.language) &&
         (!rule.mode || *rule.mode == opening.mode) &&
         (!rule.max_size || opening.size <= rule.max_size->bytes);
}

std::shared_ptr<const Registry> editor() {
  auto registry = std::make_shared<Registry>();
  registry->define("editor.open")
      .scope<OpenRule>(matches)
      .sync("open",
            [](Call& call, const std::string& language, Mode mode, std::uint32_t size) -> Result<bool> {
              const auto& scope = call.scope<RuleScope<OpenRule, Opening>>();
              if (auto admitted = scope.admit(call, {language, mode, size}, language); !admitted)
                return admitted.error();
              return true;
            });
  return registry;
}

ScopeRule rule(std::map<std::string, ScopeValue, std::less<>> fields) {
  ScopeRule rule;
  rule.fields = std::move(fields);
  rule.where = {"policy.yaml", 7, 3};
  return rule;
}
ScopeSet set(std::vector<ScopeRule> rules) {
  ScopeSet set;
  set.rules = std::move(rules);
  return set;
}
Result<Caller> plugin(std::vector<ScopeSet> allow, std::vector<ScopeSet> deny = {}) {
  return Caller::make(editor(), testing::grants_of({{"editor.open", std::move(allow), std::move(deny)}}));
}

TEST_CASE("a host's scope is a described struct: its members are the fields that are written and checked") {
  const CatalogueEntry entry = *editor()->catalogue().find("editor.open");
  REQUIRE(entry.scope.size() == 9);
  CHECK(entry.scope[0].name == "language");
  CHECK(entry.scope[0].required);
  CHECK(entry.scope[1].choices == std::vector<std::string>{"view", "edit"});
  std::vector<ScopeKind> kinds;
  for (const ScopeField& field : entry.scope) kinds.push_back(field.kind);
  CHECK(kinds == std::vector<ScopeKind>{ScopeKind::text, ScopeKind::text, ScopeKind::size, ScopeKind::count,
                                        ScopeKind::text_list, ScopeKind::duration, ScopeKind::flag,
                                        ScopeKind::path, ScopeKind::url});
  CHECK_FALSE(entry.scope[8].required);
}

TEST_CASE("every layer must have a rule that matches, and none may deny") {
  Caller call = plugin({set({rule({{"language", "cpp"}}), rule({{"language", "md"}})}),
                        set({rule({{"language", "*"}, {"max_size", std::uint64_t{100}}})})},
                       {set({rule({{"language", "md"}, {"mode", "edit"}})})})
                    .value();
  CHECK(call("editor", "open", {"cpp", "edit", 100}));
  CHECK(call("editor", "open", {"md", "view", 1}));
  for (const std::vector<Value>& outside :
       {std::vector<Value>{"cpp", "edit", 101}, {"md", "edit", 1}, {"js", "view", 1}}) {
    CHECK(call("editor", "open", outside).error().code() == Errc::not_capable);
  }
  CHECK(call("editor", "open", {"js\n", "view", 1}).error().message() ==
        "'js\\n' is outside what this plugin was granted of editor.open");
  CHECK(plugin({}).value()("editor", "open", {"cpp", "view", 1}).error().code() == Errc::not_capable);
}

TEST_CASE("the audit is told which rule it was, in words and with its place") {
  Caller call = plugin({set({rule({{"language", "cpp"}, {"max_size", std::uint64_t{1024}}})})}).value();
  const BoundFunction* bound = call.bindings().find("editor")->find("open");
  Call opening = bound->call(call.services());
  Call::Notes notes;
  opening.keep_notes(&notes);
  const auto& scope = opening.scope<RuleScope<OpenRule, Opening>>();
  CHECK(scope.admit(opening, {"cpp", Mode::edit, 5}, "a.cpp"));
  CHECK(notes.subject == "a.cpp");
  CHECK(notes.rule == "language cpp, max_size 1KiB (policy.yaml:7:3)");
  CHECK_FALSE(scope.admit(opening, {"js", Mode::edit, 5}, "a.js"));
  CHECK(notes.subject == "a.js");
  CHECK(notes.rule.empty());
}

TEST_CASE("a rule that the struct cannot hold is refused, never taken for another") {
  const auto refused = [](std::vector<ScopeSet> allow, std::vector<ScopeSet> deny) {
    const auto made = plugin(std::move(allow), std::move(deny));
    return !made && made.error().code() == Errc::invalid_argument && made.error().where()->line == 7;
  };
  const ScopeSet good = set({rule({{"language", "*"}})});
  CHECK(refused({set({rule({{"mode", "view"}})})}, {}));
  CHECK(refused({good}, {set({rule({{"mode", "view"}})})}));
  CHECK(refused({set({rule({{"language", true}})})}, {}));
  CHECK(refused({set({rule({{"language", "*"}, {"mode", "delete"}})})}, {}));
  CHECK(refused({set({rule({{"language", "*"}, {"tabs", std::uint64_t{256}}})})}, {}));
  CHECK(plugin({good}, {set({rule({{"language", "x"}, {"tabs", std::uint64_t{255}}})})}).has_value());
}

}  // namespace
}  // namespace cloche
