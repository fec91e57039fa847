#include <cloche/grant_store.h>

#include "files/replaced_file.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <tuple>
#include <utility>

namespace cloche {
namespace {

using UserGrant = Policy::UserGrant;

bool is_kept_in_file(const UserGrant& grant) {
  return grant.lifetime == Policy::Lifetime::always || grant.lifetime == Policy::Lifetime::workspace;
}

bool same_place(const UserGrant& a, const UserGrant& b) {
  return std::tie(a.match.plugin, a.match.publisher_key, a.capability.pattern, a.workspace) ==
         std::tie(b.match.plugin, b.match.publisher_key, b.capability.pattern, b.workspace);
}

void put(std::vector<UserGrant>& grants, UserGrant grant) {
  const auto old = std::ranges::find_if(grants, [&](const UserGrant& one) { return same_place(one, grant); });
  if (old == grants.end()) {
    grants.push_back(std::move(grant));
  } else {
    *old = std::move(grant);
  }
}

// Whether two patterns of capabilities can stand for the same one.
bool overlap(std::string_view a, std::string_view b) {
  return capability_matches(a, b) || capability_matches(b, a);
}

}  // namespace

class GrantStore::State {
 public:
  // Answers whether there is anything to be written.
  using Change = std::function<bool(GrantFile&)>;

  explicit State(std::filesystem::path path) : path_(std::move(path)), file_(path_) {}

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  [[nodiscard]] GrantFile contents() const {
    const std::lock_guard lock(mutex_);
    GrantFile all = kept_;
    all.grants.insert(all.grants.end(), passing_.begin(), passing_.end());
    return all;
  }

  Result<void> read() {
    const std::lock_guard lock(mutex_);
    return read_locked();
  }

  Result<bool> refresh() {
    const std::lock_guard lock(mutex_);
    if (file_.stamp() == stamp_) return false;
    if (auto good = read_locked(); !good) return good.error();
    return true;
  }

  // Reads, changes and writes the file while nobody else does.
  Result<void> change(const Change& change) {
    const std::lock_guard lock(mutex_);
    const auto held = file_.lock();
    if (!held) return held.error();
    if (auto good = read_locked(); !good) return good;
    GrantFile wanted = kept_;
    if (!change(wanted)) return {};
    const auto text = format_grants(wanted);
    if (!text) return text.error();
    if (auto written = file_.replace(*text); !written) return written;
    return read_locked();
  }

  void change_passing(const std::function<void(std::vector<UserGrant>&)>& change) {
    const std::lock_guard lock(mutex_);
    change(passing_);
  }

 private:
  Result<void> read_locked() {
    auto contents = file_.read();
    if (!contents) return contents.error();
    GrantFile read;
    if (contents->stamp) {
      auto parsed = parse_grants(contents->text, path_.string());
      if (!parsed) return parsed.error();
      read = std::move(*parsed);
    }
    kept_ = std::move(read);
    stamp_ = contents->stamp;
    return {};
  }

  const std::filesystem::path path_;
  const ReplacedFile file_;
  mutable std::mutex mutex_;  // guards what follows
  GrantFile kept_;
  std::vector<UserGrant> passing_;  // for once or for a session
  std::optional<ReplacedFile::Stamp> stamp_;
};

GrantStore::GrantStore(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
GrantStore::GrantStore(GrantStore&&) noexcept = default;
GrantStore& GrantStore::operator=(GrantStore&&) noexcept = default;
GrantStore::~GrantStore() = default;

Result<GrantStore> GrantStore::open(const std::filesystem::path& file) {
  auto state = std::make_unique<State>(file);
  if (auto good = state->read(); !good) return good.error();
  return GrantStore(std::move(state));
}

const std::filesystem::path& GrantStore::path() const noexcept { return state_->path(); }

GrantFile GrantStore::contents() const { return state_->contents(); }

std::vector<UserGrant> GrantStore::grants() const { return contents().grants; }

std::vector<Policy::Revocation> GrantStore::revoked() const { return contents().revoked; }

std::optional<AcceptedManifest> GrantStore::accepted(std::string_view plugin) const {
  GrantFile all = contents();
  const auto found = std::ranges::find(all.accepted, plugin, &AcceptedManifest::plugin);
  if (found == all.accepted.end()) return std::nullopt;
  return std::move(*found);
}

Result<bool> GrantStore::refresh() { return state_->refresh(); }

Result<void> GrantStore::add(UserGrant grant) {
  if (is_kept_in_file(grant)) {
    return state_->change([&](GrantFile& file) {
      put(file.grants, grant);
      return true;
    });
  }
  state_->change_passing([&](std::vector<UserGrant>& grants) {
    grant.persisted = false;
    put(grants, std::move(grant));
  });
  return {};
}

Result<GrantStore::Removed> GrantStore::remove(std::string_view plugin, std::string_view capability) {
  Removed removed;
  const auto goes = [&](const UserGrant& grant) {
    return grant.match.plugin == plugin && capability_matches(capability, grant.capability.pattern);
  };
  const auto erase = [&](std::vector<UserGrant>& grants) {
    const std::size_t count = std::erase_if(grants, goes);
    removed.count += count;
    return count > 0;
  };
  state_->change_passing(erase);
  const auto changed = state_->change([&](GrantFile& file) { return erase(file.grants); });
  if (!changed) return changed.error();
  std::ranges::copy_if(grants(), std::back_inserter(removed.remaining), [&](const UserGrant& grant) {
    return glob_matches(grant.match.plugin, plugin) && overlap(grant.capability.pattern, capability);
  });
  return removed;
}

Result<void> GrantStore::revoke(std::string plugin, std::optional<VersionRange> versions) {
  const Policy::Revocation revocation{{std::move(plugin), std::nullopt, std::move(versions)}, {}};
  const auto same = [&](const Policy::Revocation& other) {
    const auto text = [](const PluginMatch& match) { return match.version ? match.version->text() : ""; };
    return other.match.plugin == revocation.match.plugin && !other.match.publisher_key &&
           text(other.match) == text(revocation.match);
  };
  return state_->change([&](GrantFile& file) {
    if (std::ranges::any_of(file.revoked, same)) return false;
    file.revoked.push_back(revocation);
    return true;
  });
}

Result<std::size_t> GrantStore::reinstate(std::string_view plugin) {
  std::size_t count = 0;
  const auto changed = state_->change([&](GrantFile& file) {
    count = std::erase_if(file.revoked, [&](const auto& revoked) { return revoked.match.plugin == plugin; });
    return count > 0;
  });
  if (!changed) return changed.error();
  return count;
}

Result<void> GrantStore::accept(AcceptedManifest accepted) {
  return state_->change([&](GrantFile& file) {
    const auto old = std::ranges::find(file.accepted, accepted.plugin, &AcceptedManifest::plugin);
    if (old == file.accepted.end()) {
      file.accepted.push_back(accepted);
    } else {
      *old = accepted;
    }
    return true;
  });
}

Result<void> GrantStore::forget(std::string_view plugin) {
  const auto is_of = [&](const UserGrant& grant) { return grant.match.plugin == plugin; };
  state_->change_passing([&](std::vector<UserGrant>& grants) { std::erase_if(grants, is_of); });
  return state_->change([&](GrantFile& file) {
    const auto is_about = [&](const AcceptedManifest& one) { return one.plugin == plugin; };
    return std::erase_if(file.grants, is_of) + std::erase_if(file.accepted, is_about) > 0;
  });
}

UserGrant grant_for(const Manifest& manifest, const CapabilityRequest& request, Policy::Lifetime lifetime,
                    std::string workspace) {
  UserGrant grant;
  grant.match.plugin = manifest.id;
  grant.match.publisher_key = manifest.publisher.key.empty() ? "none" : manifest.publisher.key;
  grant.manifest_digest = manifest.digest;
  grant.capability = {request.id, request.has_allow, request.allow};
  grant.capability.scope.origin = {Layer::grant, {}};
  grant.deny = request.deny;
  grant.deny.origin = {Layer::grant, {}};
  grant.lifetime = lifetime;
  if (lifetime == Policy::Lifetime::workspace) grant.workspace = std::move(workspace);
  return grant;
}

Policy with_grants(Policy policy, const GrantStore& store) {
  GrantFile held = store.contents();
  const auto append = [](auto& to, auto& from) { std::ranges::move(from, std::back_inserter(to)); };
  append(policy.grants, held.grants);
  append(policy.revoked, held.revoked);
  append(policy.accepted, held.accepted);
  return policy;
}

}  // namespace cloche
