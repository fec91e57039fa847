#include "grants_support.h"
#include "result_text.h"
#include "samples.h"

#include <algorithm>
#include <cloche/grant_store.h>
#include <cloche/resolve.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

using cloche::GrantStore;
using cloche::Policy;
using Lifetime = Policy::Lifetime;

// A folder of its own for one test, and the path of a file of grants in it.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "cloche-grants-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  ~Folder() { fs::remove_all(root_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] fs::path root() const { return root_; }
  [[nodiscard]] std::string file() const { return (root_ / "grants.yaml").string(); }
  [[nodiscard]] GrantStore store() const { return GrantStore::open(file()).value(); }

 private:
  fs::path root_;
};

Policy::UserGrant grant(std::string capability, Lifetime lifetime = Lifetime::always) {
  Policy::UserGrant grant = user_grant("com.acme.x", std::move(capability));
  grant.lifetime = lifetime;
  return grant;
}

std::vector<std::string> capabilities(const GrantStore& store) {
  std::vector<std::string> patterns;
  for (const Policy::UserGrant& held : store.grants()) patterns.push_back(held.capability.pattern);
  return patterns;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a grant that is added is there for whoever opens the file") {
  const Folder folder;
  GrantStore store = folder.store();
  CHECK(store.grants().empty());
  CHECK_FALSE(fs::exists(folder.file()));
  REQUIRE(store.add(grant("fs.read")));
  CHECK(mode_of(folder.file()) == 0600);
  CHECK(capabilities(store) == Names{"fs.read"});
  CHECK(store.grants()[0].where.file == folder.file());
  CHECK(store.grants()[0].where.line > 1);
  CHECK(capabilities(folder.store()) == Names{"fs.read"});
}

TEST_CASE("a grant takes the place of its like and of no other") {
  const Folder folder;
  GrantStore store = folder.store();
  Policy::UserGrant other_key = grant("log");
  other_key.match.publisher_key = std::string(kKey);
  Policy::UserGrant here = grant("log", Lifetime::workspace);
  here.workspace = "/a";
  Policy::UserGrant there = here;
  there.workspace = "/b";
  for (const auto& one : {grant("log"), other_key, here, there, grant("fs.*")}) REQUIRE(store.add(one));
  CHECK(store.grants().size() == 5);
  Policy::UserGrant again = grant("log");
  again.capability.scope = one_rule("path", std::string("a"));
  REQUIRE(store.add(again));
  CHECK(store.grants().size() == 5);
  CHECK_FALSE(store.grants()[0].capability.scope.everything);
}

TEST_CASE("grants for once and for a session stay in memory") {
  const Folder folder;
  GrantStore store = folder.store();
  REQUIRE(store.add(grant("log", Lifetime::once)));
  REQUIRE(store.add(grant("fs.read", Lifetime::session)));
  CHECK_FALSE(fs::exists(folder.file()));
  CHECK(capabilities(store) == Names{"log", "fs.read"});
  REQUIRE(store.add(grant("storage")));
  CHECK(capabilities(store) == Names{"storage", "log", "fs.read"});
  CHECK(capabilities(folder.store()) == Names{"storage"});
  CHECK(store.remove("com.acme.x", "log").value().count == 1);
  CHECK(capabilities(store) == Names{"storage", "fs.read"});
}

TEST_CASE("what others wrote in between is kept") {
  const Folder folder;
  GrantStore store = folder.store();
  REQUIRE(store.add(grant("fs.read")));
  REQUIRE(folder.store().add(grant("storage")));
  write_file(folder.file(), text_of_file(folder.file()) + "revoked: [{plugin: com.evil.x}]\n");
  REQUIRE(store.add(grant("log")));
  CHECK(capabilities(folder.store()) == Names{"fs.read", "storage", "log"});
  CHECK(folder.store().revoked().size() == 1);
}

TEST_CASE("a file that is broken is told of and left alone") {
  const Folder folder;
  GrantStore store = folder.store();
  REQUIRE(store.add(grant("fs.read")));
  const std::string broken = "policy_version: 1\ngrants:\n  - {plugin: com.acme.x, capabilty: log}\n";
  write_file(folder.file(), broken);
  const auto added = store.add(grant("log"));
  REQUIRE_FALSE(added);
  CHECK(added.error().code() == cloche::Errc::policy_invalid);
  CHECK(to_string(*added.error().where()) == folder.file() + ":3:5");
  CHECK(text_of_file(folder.file()) == broken);
  CHECK_FALSE(store.refresh());
  CHECK(capabilities(store) == Names{"fs.read"});
  CHECK_FALSE(GrantStore::open(folder.file()));
  write_file(folder.file(), "policy_version: 1\nceiling: []\n");
  CHECK_FALSE(GrantStore::open(folder.file()));
}

TEST_CASE("a store reads again what has changed, and only that") {
  const Folder folder;
  GrantStore store = folder.store();
  CHECK_FALSE(store.refresh().value());
  REQUIRE(folder.store().add(grant("fs.read")));
  CHECK(store.grants().empty());
  CHECK(store.refresh().value());
  CHECK(capabilities(store) == Names{"fs.read"});
  CHECK_FALSE(store.refresh().value());
  fs::remove(folder.file());
  CHECK(store.refresh().value());
  CHECK(store.grants().empty());
}

TEST_CASE("removing tells what goes on covering it") {
  const Folder folder;
  GrantStore store = folder.store();
  Policy::UserGrant all = grant("fs.read");
  all.match.plugin = "com.acme.*";
  for (const auto& one : {grant("fs.read"), grant("fs.*"), grant("log"), all}) REQUIRE(store.add(one));
  const auto removed = store.remove("com.acme.x", "fs.read");
  REQUIRE(removed);
  CHECK(removed->count == 1);
  REQUIRE(removed->remaining.size() == 2);
  CHECK(removed->remaining[0].capability.pattern == "fs.*");
  CHECK(removed->remaining[1].match.plugin == "com.acme.*");
  const auto rest = store.remove("com.acme.x", "*");
  CHECK(rest.value().count == 2);
  CHECK(rest.value().remaining.size() == 1);
  CHECK(store.remove("com.acme.x", "*").value().count == 0);
}

TEST_CASE("a plugin is revoked once, and reinstated") {
  const Folder folder;
  GrantStore store = folder.store();
  const auto old = cloche::VersionRange::parse("<1.2").value();
  REQUIRE(store.revoke("com.evil.x", old));
  REQUIRE(store.revoke("com.evil.x", old));
  REQUIRE(store.revoke("com.evil.x"));
  CHECK(store.revoked().size() == 2);
  CHECK(store.reinstate("com.evil.*").value() == 0);
  CHECK(store.reinstate("com.evil.x").value() == 2);
  CHECK(folder.store().revoked().empty());
}

TEST_CASE("what was accepted of a plugin is kept until it is forgotten") {
  const Folder folder;
  const auto manifest = cloche::parse_manifest(kWholeManifest, "plugin.yaml").value();
  GrantStore store = folder.store();
  CHECK_FALSE(store.accepted(manifest.id));
  REQUIRE(store.accept(accepted(manifest)));
  REQUIRE(store.accept(accepted(manifest)));
  const auto kept = folder.store().accepted(manifest.id);
  REQUIRE(kept);
  CHECK(kept->manifest_digest == manifest.digest);
  CHECK(kept->publisher_key == kKey);
  CHECK(kept->required.size() == 1);
  CHECK(kept->optional.size() == 2);
  REQUIRE(store.add(cloche::grant_for(manifest, manifest.required[0], Lifetime::always)));
  REQUIRE(store.forget(manifest.id));
  CHECK_FALSE(folder.store().accepted(manifest.id));
  CHECK(folder.store().grants().empty());
}

TEST_CASE("hosts that write at the same time lose nothing of each other's") {
  const Folder folder;
  constexpr int kHosts = 4;
  constexpr int kEach = 8;
  std::vector<std::thread> hosts;
  std::vector<int> failures(kHosts);
  for (int host = 0; host < kHosts; ++host) {
    hosts.emplace_back([&, host] {
      GrantStore store = folder.store();
      for (int i = 0; i < kEach; ++i) {
        const std::string plugin = "com.acme.p" + std::to_string(host * kEach + i);
        if (!store.add(user_grant(plugin, "log"))) ++failures[static_cast<std::size_t>(host)];
      }
    });
  }
  for (std::thread& host : hosts) host.join();
  CHECK(std::ranges::all_of(failures, [](int count) { return count == 0; }));
  CHECK(folder.store().grants().size() == kHosts * kEach);
}

TEST_CASE("a store is one file, wherever it is") {
  const Folder folder;
  SUBCASE("its folder is made for its owner alone") {
    const fs::path file = folder.root() / "deep" / "er" / "grants.yaml";
    REQUIRE(GrantStore::open(file).value().add(grant("log")));
    CHECK(mode_of(file.parent_path().string()) == 0700);
  }
  SUBCASE("a link is followed and stays") {
    fs::create_directory(folder.root() / "real");
    write_file((folder.root() / "real" / "g.yaml").string(), "policy_version: 1\n");
    fs::create_symlink("real/g.yaml", folder.file());
    REQUIRE(folder.store().add(grant("log")));
    CHECK(fs::is_symlink(folder.file()));
    CHECK(GrantStore::open(folder.root() / "real" / "g.yaml").value().grants().size() == 1);
  }
  SUBCASE("a FIFO is refused without waiting") {
    REQUIRE(::mkfifo(folder.file().c_str(), 0600) == 0);
    CHECK(GrantStore::open(folder.file()).error().code() == cloche::Errc::io);
  }
  SUBCASE("what a crash left beside it does no harm") {
    write_file(folder.file() + ".new", "half a fi");
    REQUIRE(folder.store().add(grant("log")));
    CHECK_FALSE(fs::exists(folder.file() + ".new"));
  }
  SUBCASE("a change that cannot be written leaves the file as it is") {
    REQUIRE(folder.store().add(grant("log")));
    const std::string before = text_of_file(folder.file());
    fs::create_directories(folder.root() / "grants.yaml.new" / "x");
    GrantStore store = folder.store();
    CHECK(store.add(grant("storage")).error().code() == cloche::Errc::io);
    CHECK(text_of_file(folder.file()) == before);
    CHECK(capabilities(store) == Names{"log"});
  }
  SUBCASE("what cannot be kept in a file is refused") {
    REQUIRE(folder.store().add(grant("log")));
    const std::string before = text_of_file(folder.file());
    Policy::UserGrant bad = grant("fs.read");
    bad.capability.scope = one_rule("path", std::string("a\x01"));
    CHECK(folder.store().add(bad).error().code() == cloche::Errc::invalid_argument);
    CHECK(text_of_file(folder.file()) == before);
  }
  SUBCASE("a file that no store writes is too large") {
    write_file(folder.file(), std::string((1U << 20) + 1, '#'));
    CHECK(GrantStore::open(folder.file()).error().code() == cloche::Errc::size_limit);
  }
}

TEST_CASE("resolve counts what the store holds, and names its file and line") {
  const Folder folder;
  const auto manifest = cloche::parse_manifest(kWholeManifest, "plugin.yaml").value();
  GrantStore store = folder.store();
  const auto holds = [&](const char* capability, const cloche::ResolveContext& context = {}) {
    return resolve(manifest, with_grants({}, store), sample_catalogue(), context).find(capability) != nullptr;
  };
  CHECK_FALSE(holds("fs.read"));
  REQUIRE(store.add(cloche::grant_for(manifest, manifest.required[0], Lifetime::always)));
  CHECK(holds("fs.read"));
  const auto grants = resolve(manifest, with_grants({}, store), sample_catalogue());
  const auto& steps = grants.decision("fs.read")->steps;
  CHECK(std::ranges::any_of(steps, [&](const cloche::DecisionStep& step) {
    return step.origin.layer == cloche::Layer::grant && step.origin.where.file == folder.file() &&
           step.origin.where.line > 1;
  }));
  SUBCASE("a grant for a workspace counts there alone") {
    REQUIRE(store.add(
        cloche::grant_for(manifest, manifest.optional[0], Lifetime::workspace, "/home/ann/project")));
    CHECK(holds("net.fetch", {.workspace = "/home/ann/project/"}));
    CHECK(holds("net.fetch", {.workspace = "/home/ann/./project"}));
    CHECK_FALSE(holds("net.fetch", {.workspace = "/home/ann/project2"}));
    CHECK_FALSE(holds("net.fetch", {.workspace = "/home/ann"}));
    CHECK_FALSE(holds("net.fetch"));
    REQUIRE(store.add(cloche::grant_for(manifest, manifest.optional[1], Lifetime::workspace)));
    CHECK_FALSE(holds("exec", {.workspace = "/home/ann/project"}));
    CHECK_FALSE(holds("exec"));
  }
  SUBCASE("another publisher's key voids it") {
    cloche::Manifest other = manifest;
    other.publisher.key = std::string(kOtherKey);
    CHECK(resolve(other, with_grants({}, store), sample_catalogue()).find("fs.read") == nullptr);
    other.publisher.key.clear();
    CHECK(resolve(other, with_grants({}, store), sample_catalogue()).find("fs.read") == nullptr);
  }
  SUBCASE("one that has expired does not count") {
    auto grant = cloche::grant_for(manifest, manifest.required[0], Lifetime::always);
    grant.expires = std::chrono::sys_seconds(std::chrono::seconds(1000));
    REQUIRE(store.add(grant));
    const auto at = [](int seconds) {
      return cloche::ResolveContext{.now = std::chrono::sys_seconds(std::chrono::seconds(seconds))};
    };
    CHECK(holds("fs.read", at(999)));
    CHECK_FALSE(holds("fs.read", at(1000)));
    grant.expires = std::chrono::sys_days(std::chrono::year(2999) / 1 / 1);
    REQUIRE(store.add(grant));
    CHECK(holds("fs.read", at(1000)));
    CHECK_FALSE(holds("fs.read", {.now = std::chrono::system_clock::time_point::max()}));
  }
  SUBCASE("a revocation ends all of it") {
    REQUIRE(store.revoke(manifest.id));
    CHECK_FALSE(holds("fs.read"));
  }
}
