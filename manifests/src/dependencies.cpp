#include "shown.h"

#include <algorithm>
#include <cloche/dependencies.h>
#include <optional>
#include <utility>

namespace cloche {
namespace {

std::string versions_of(const std::string& id, std::span<const LoadedPlugin> plugins) {
  std::string text;
  for (const LoadedPlugin& plugin : plugins) {
    if (plugin.id == id) text += (text.empty() ? "" : ", ") + to_string(plugin.version);
  }
  return text;
}

bool satisfies(const LoadedPlugin& plugin, const std::string& id, const Manifest::Dependency& wanted) {
  return plugin.id == id && wanted.version.contains(plugin.version);
}

Error unsatisfied(const Manifest& manifest, const std::string& id, const Manifest::Dependency& wanted,
                  std::span<const LoadedPlugin> plugins) {
  const std::string there = versions_of(id, plugins);
  return Error(Errc::manifest_invalid,
               shown(manifest.id) + " depends on " + shown(id) + ", " + shown(wanted.version.text()) +
                   (there.empty() ? ", which is not loaded; load it first, or together with this one"
                                  : ", and what is loaded is " + there + "; load a version of that range"))
      .at(wanted.where);
}

// A depth-first walk along the dependencies.
class Order {
 public:
  Order(std::span<const Manifest> manifests, std::vector<LoadedPlugin> all)
      : manifests_(manifests), all_(std::move(all)), marks_(manifests.size(), Mark::unseen) {}

  Result<std::vector<std::size_t>> find() {
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      if (auto visited = visit(i); !visited) return visited.error();
    }
    return std::move(order_);
  }

 private:
  enum class Mark : std::uint8_t { unseen, open, done };

  Result<void> visit(std::size_t index) {
    if (marks_[index] == Mark::done) return {};
    marks_[index] = Mark::open;
    path_.push_back(index);
    const Manifest& manifest = manifests_[index];
    if (auto fits = check_dependencies(manifest, all_); !fits) return fits;
    for (const auto& [id, wanted] : manifest.dependencies) {
      if (auto visited = visit_providers(id, wanted); !visited) return visited;
    }
    path_.pop_back();
    marks_[index] = Mark::done;
    order_.push_back(index);
    return {};
  }

  Result<void> visit_providers(const std::string& id, const Manifest::Dependency& wanted) {
    for (std::size_t i = 0; i < manifests_.size(); ++i) {
      if (!satisfies({manifests_[i].id, manifests_[i].version}, id, wanted)) continue;
      if (marks_[i] == Mark::open) return cycle(i).at(wanted.where);
      if (auto visited = visit(i); !visited) return visited;
    }
    return {};
  }

  [[nodiscard]] Error cycle(std::size_t index) const {
    std::string text;
    for (auto at = std::ranges::find(path_, index); at != path_.end(); ++at) {
      text += shown(manifests_[*at].id) + " depends on ";
    }
    text +=
        shown(manifests_[index].id) + ": that is a cycle, in which none can be loaded first; take one out";
    return {Errc::manifest_invalid, text};
  }

  std::span<const Manifest> manifests_;
  std::vector<LoadedPlugin> all_;
  std::vector<Mark> marks_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> order_;
};

}  // namespace

Result<void> check_dependencies(const Manifest& manifest, std::span<const LoadedPlugin> loaded) {
  for (const auto& [id, wanted] : manifest.dependencies) {
    const bool there = std::ranges::any_of(
        loaded, [&id = id, &wanted = wanted](const LoadedPlugin& one) { return satisfies(one, id, wanted); });
    if (!there && !wanted.optional) return unsatisfied(manifest, id, wanted, loaded);
  }
  return {};
}

Result<std::vector<std::size_t>> load_order(std::span<const Manifest> manifests,
                                            std::span<const LoadedPlugin> loaded) {
  std::vector<LoadedPlugin> all(loaded.begin(), loaded.end());
  for (const Manifest& manifest : manifests) all.push_back({manifest.id, manifest.version});
  return Order(manifests, std::move(all)).find();
}

}  // namespace cloche
