// What plugins hold is given and taken while they run: by the host, by the user who is asked.
#include "support.h"

#include <boost/describe.hpp>
#include <cloche/builtin/permissions.h>
#include <cloche/consent.h>
#include <optional>

using namespace cloche;
using namespace cloche::testing;

namespace {

/// Answers as it is told, at once or when the test says so.
class Answering final : public Consent {
 public:
  [[nodiscard]] bool present() const noexcept override { return true; }
  [[nodiscard]] Future<ConsentAnswer> ask(const ConsentRequest& request) override {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(request);
    if (answer_) return Result<ConsentAnswer>(*answer_);
    events.add("asked");
    return pending_.future();
  }
  void answer(const ConsentAnswer& answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = answer;
    pending_.settle(answer);
  }
  [[nodiscard]] std::vector<ConsentRequest> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  Events events;

 private:
  mutable std::mutex mutex_;
  std::vector<ConsentRequest> asked_;
  std::optional<ConsentAnswer> answer_;
  Promise<ConsentAnswer> pending_;
};

class RecordingAudit final : public AuditSink {
 public:
  [[nodiscard]] bool wants(AuditEvent::Kind) const noexcept override { return true; }
  void record(const AuditEvent& event) noexcept override {
    std::string text(to_string(event.kind));
    for (const auto part : {event.capability, event.function, event.subject, event.rule})
      if (!part.empty()) text += " " + std::string(part);
    if (event.outcome) text += " -> " + std::string(to_string(*event.outcome));
    events.add(text);
  }
  Events events;
};

struct Described {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Described, (), (text))

constexpr std::string_view kOptional =
    "capabilities:\n  optional:\n    - {id: t, reason: to be tested}\n    - {id: quiet, reason: to be "
    "tested, "
    "when_denied: ignore}\n";

Registry registry_with(Events& events) {
  Registry registry;
  define_permissions(registry);
  define_waits(registry)
      .sync("now", [] { return 1; })
      .async("soon", [] { return 2; })
      .sync("read",
            [](Call& call, const std::string& path) {
              call.about(path, "path *");
              return path;
            })
      .async("forever", [&events](Call& call) {
        const Promise<double> never;
        events.add("waiting");
        return call.wait(never.future());
      });
  registry.define("quiet").sync("hush", [] { return 3; }).async("whisper", [] { return 4; });
  return registry;
}

struct Rights {
  explicit Rights(Policy policy = Policy::grant_all(), std::shared_ptr<Consent> consent = nullptr,
                  Mode its_mode = 1)
      : mode(its_mode),
        host(Host::create({.registry = registry_with(events),
                           .policy = std::move(policy),
                           .workers = its_mode.workers,
                           .audit = audit,
                           .consent = std::move(consent)})
                 .value()) {}
  [[nodiscard]] Result<Plugin> try_load(std::string source, std::string_view text = kOptional) {
    const Package package = module(std::move(source), {}, std::string(text));
    Manifest manifest = manifest_of(package);
    manifest.isolation = mode.isolation;
    return host.load(manifest, std::make_shared<MemoryFiles>(package.files), {.trust_group = "test"});
  }
  [[nodiscard]] Plugin load(std::string source, std::string_view manifest = kOptional) {
    return try_load(std::move(source), manifest).value();
  }
  Mode mode;
  Events events;
  std::shared_ptr<RecordingAudit> audit = std::make_shared<RecordingAudit>();
  Host host;
};

constexpr auto kSource = R"(
  import * as t from 'cap:t';
  import { query, request, onChange, offChange } from 'cap:permissions';
  const saved = t.now, changes = [];
  const tried = async (f) => { try { return await f() } catch (e) { return e.name + " " + e.code } };
  export const now = () => tried(() => saved());
  export const soon = () => tried(() => t.soon());
  export const wait = () => tried(() => t.forever());
  export const nap = () => { try { t.nap(3600e3) } catch (e) { return e.name } };
  export const state = (id) => query(id);
  export const ask = (id) => request(id);
  export const watch = () => onChange((id, state) => { changes.push(id + " " + state) });
  export const unwatch = (n) => offChange(n);
  export const seen = () => changes;
  export const names = () => Object.keys(t).join();
)";

const std::string kGone = R"("NotCapable not_capable")";

}  // namespace

TEST_CASE("a function that was revoked throws at once, however it was got") {
  Rights rights(Policy::grant_all(), nullptr, each_mode());
  Plugin plugin = rights.load(kSource);
  CHECK(ask<int>(plugin, "now") == 1);
  CHECK(ask<int>(plugin, "soon") == 2);
  CHECK(ask(plugin, "state", "t") == Value("granted"));
  CHECK(rights.host.revoke("com.example.test", "t").has_value());
  CHECK(json(ask(plugin, "now")) == kGone);
  CHECK(json(ask(plugin, "soon")) == kGone);
  CHECK(ask(plugin, "state", "t") == Value("denied"));
  CHECK(ask(plugin, "ask", "t") == Value("denied"));
}

TEST_CASE("who waits inside a revoked function is woken, on a fiber and on the plugin's own stack") {
  Rights rights;
  Plugin plugin = rights.load(kSource);
  auto forever = plugin.call("wait");
  rights.events.wait_for("waiting");
  CHECK(rights.host.revoke("com.example.test", "*").has_value());
  CHECK(json(forever.get().value()) == kGone);

  Rights again;
  Plugin sleeper = again.load(kSource);
  auto nap = sleeper.call("nap");
  CHECK(again.host.revoke("com.example.test", "t").has_value());
  CHECK(nap.get().value() == Value("NotCapable"));
}

TEST_CASE("what was revoked can be granted again, to what the plugin saved too") {
  Rights rights(Policy::grant_all(), nullptr, each_mode());
  Plugin plugin = rights.load(kSource);
  CHECK(rights.host.revoke("com.example.test", "t").has_value());
  CHECK(json(ask(plugin, "now")) == kGone);
  Policy::UserGrant grant;
  grant.match.plugin = "com.example.test";
  grant.capability.pattern = "t";
  CHECK(rights.host.grant(grant).has_value());
  CHECK(ask<int>(plugin, "now") == 1);
}

TEST_CASE("a grant that expires is over at its time") {
  Policy policy;
  Policy::UserGrant grant;
  grant.match.plugin = "com.example.test";
  grant.capability.pattern = "t";
  grant.expires =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + std::chrono::seconds(2);
  policy.grants.push_back(grant);
  Rights rights(policy);
  Plugin plugin = rights.load(kSource);
  CHECK(ask<int>(plugin, "now") == 1);
  rights.audit->events.wait_for("revoke t");
  CHECK(json(ask(plugin, "now")) == kGone);
}

TEST_CASE("another policy counts for what runs") {
  Rights rights(Policy::grant_all(), nullptr, each_mode());
  Plugin plugin = rights.load(kSource);
  CHECK(ask<int>(plugin, "now") == 1);
  rights.host.set_policy(Policy());
  CHECK(json(ask(plugin, "now")) == kGone);
  rights.host.set_policy(Policy::grant_all());
  CHECK(ask<int>(plugin, "now") == 1);
}

TEST_CASE("a plugin is told of changes, until it does not want to be") {
  Rights rights;
  Plugin plugin = rights.load(kSource);
  const int number = ask<int>(plugin, "watch");
  CHECK(rights.host.revoke("com.example.test", "t").has_value());
  CHECK(json(ask(plugin, "seen")) == R"(["t denied"])");
  static_cast<void>(ask(plugin, "unwatch", number));
  rights.host.set_policy(Policy::grant_all());
  CHECK(json(ask(plugin, "seen")) == R"(["t denied"])");
}

TEST_CASE("what may be asked for is asked for when it is used, once, and the answer is remembered") {
  const auto consent = std::make_shared<Answering>();
  consent->answer({true, Policy::Lifetime::session});
  Rights rights(Policy(), consent, each_mode());
  Plugin plugin = rights.load(kSource);
  CHECK(ask(plugin, "state", "t") == Value("prompt"));
  CHECK(consent->asked().empty());
  CHECK(ask<int>(plugin, "soon") == 2);
  CHECK(ask<int>(plugin, "now") == 1);
  CHECK(ask(plugin, "state", "t") == Value("granted"));
  REQUIRE(consent->asked().size() == 1);
  CHECK(consent->asked().front().text.capability == "t");
  CHECK(consent->asked().front().text.reason == "to be tested");
  Plugin another = rights.load(kSource);
  CHECK(ask<int>(another, "now") == 1);
  CHECK(consent->asked().size() == 1);
}

TEST_CASE("a synchronous function waits for the user") {
  const auto consent = std::make_shared<Answering>();
  Rights rights(Policy(), consent);
  Plugin plugin = rights.load(kSource);
  auto now = plugin.call<int>("now");
  consent->events.wait_for("asked");
  consent->answer({true, Policy::Lifetime::session});
  CHECK(now.get().value() == 1);
}

TEST_CASE("a no is a no: nobody is asked again, in no loop") {
  const auto consent = std::make_shared<Answering>();
  consent->answer({false, Policy::Lifetime::session});
  Rights rights(Policy(), consent);
  Plugin plugin = rights.load(kSource);
  for (int i = 0; i < 5; ++i) CHECK(json(ask(plugin, "now")) == kGone);
  for (int i = 0; i < 5; ++i) CHECK(ask(plugin, "ask", "t") == Value("denied"));
  CHECK(consent->asked().size() == 1);
}

TEST_CASE("requests that come while the user is asked are one question") {
  const auto consent = std::make_shared<Answering>();
  Rights rights(Policy(), consent);
  Plugin plugin = rights.load(kSource);
  std::vector<Future<Value>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(plugin.call("ask", "t"));
  for (int i = 0; i < 3; ++i) waiting.push_back(plugin.call("soon"));
  consent->events.wait_for("asked");
  consent->answer({true, Policy::Lifetime::once});
  for (int i = 0; i < 3; ++i) CHECK(waiting[static_cast<std::size_t>(i)].get().value() == Value("granted"));
  for (int i = 3; i < 6; ++i) CHECK(waiting[static_cast<std::size_t>(i)].get().value() == Value(2));
  CHECK(consent->asked().size() == 1);
}

TEST_CASE("what is granted once is granted to the instance that asked") {
  const auto consent = std::make_shared<Answering>();
  consent->answer({true, Policy::Lifetime::once});
  Rights rights(Policy(), consent);
  std::optional<Plugin> plugin = rights.load(kSource);
  CHECK(ask<int>(*plugin, "now") == 1);
  CHECK(plugin->unload().get().has_value());
  plugin = rights.load(kSource);
  CHECK(ask(*plugin, "state", "t") == Value("prompt"));
}

TEST_CASE("a question that nobody answers in time is answered by the policy") {
  const auto consent = std::make_shared<Answering>();
  Events events;
  Host host = Host::create({.registry = registry_with(events),
                            .consent = consent,
                            .prompt_patience = std::chrono::milliseconds(5)})
                  .value();
  const Package package = module(kSource, {}, std::string(kOptional));
  Plugin plugin = host.load(manifest_of(package), std::make_shared<MemoryFiles>(package.files)).value();
  CHECK(ask(plugin, "ask", "t") == Value("denied"));
  consent->answer({true, Policy::Lifetime::always});  // too late
  CHECK(ask(plugin, "state", "t") == Value("denied"));
}

TEST_CASE("what is required and may be asked for is asked for when the plugin is loaded") {
  const auto consent = std::make_shared<Answering>();
  Policy policy;
  policy.defaults.unlisted = Policy::Verdict::prompt;
  constexpr std::string_view kRequired = "capabilities: {required: [{id: t, reason: to be tested}]}\n";
  {
    Rights rights(policy, consent);
    consent->answer({true, Policy::Lifetime::once});
    Plugin plugin = rights.load(kSource, kRequired);
    CHECK(ask<int>(plugin, "now") == 1);
    CHECK(consent->asked().front().required);
  }
  consent->answer({false, Policy::Lifetime::once});
  Rights rights(policy, consent);
  CHECK(rights.try_load(kSource, kRequired).error().code() == Errc::not_capable);
}

TEST_CASE("what it says it can do without does nothing while it is not granted") {
  Rights rights{Policy()};
  Plugin plugin = rights.load(
      "import { hush, whisper } from 'cap:quiet'; export const f = async () => [hush() === undefined, await "
      "whisper() "
      "=== undefined];");
  CHECK(json(ask(plugin, "f")) == "[true,true]");
  rights.host.set_policy(Policy::grant_all());
  CHECK(json(ask(plugin, "f")) == "[false,false]");
}

TEST_CASE("a grant that is revoked while its function's arguments are read lets nothing run") {
  Host* host = nullptr;
  bool ran = false;
  Registry registry;
  registry.define("t")
      .sync("revoke", [&] { return host->revoke("com.example.test", "t").has_value(); })
      .sync("take", [&](const Described&) { ran = true; });
  Host own = Host::create({.registry = std::move(registry), .policy = Policy::grant_all()}).value();
  host = &own;
  const Package package = module(
      "import { revoke, take } from 'cap:t'; export const f = () => {"
      " try { take({get text() { revoke(); return 'x' }}) } catch (e) { return e.name } };",
      {"t"});
  Plugin plugin = own.load(manifest_of(package), std::make_shared<MemoryFiles>(package.files)).value();
  CHECK(ask(plugin, "f") == Value("NotCapable"));
  CHECK_FALSE(ran);
}

TEST_CASE("the audit tells of calls, denials, questions, grants and revocations") {
  const auto consent = std::make_shared<Answering>();
  consent->answer({true, Policy::Lifetime::session});
  Rights rights(Policy(), consent);
  Plugin plugin = rights.load(
      "import { read } from 'cap:t'; export const f = () => { try { return read('a.txt') } catch (e) { "
      "return e.name } };");
  CHECK(ask(plugin, "f") == Value("a.txt"));
  CHECK(rights.host.revoke("com.example.test", "t").has_value());
  CHECK(ask(plugin, "f") == Value("NotCapable"));
  CHECK(rights.audit->events.all() == std::vector<std::string>{"prompt t allowed for the session", "grant t",
                                                               "allow t read a.txt path *", "revoke t",
                                                               "deny t read -> not_capable"});
}
