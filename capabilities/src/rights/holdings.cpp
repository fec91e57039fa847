#include <cloche/holdings.h>

#include <utility>

namespace cloche {

Holding& Holdings::add(std::string capability, Permission state, bool ignored) {
  return *all_.emplace_back(std::make_unique<Holding>(std::move(capability), state, ignored));
}

Holding* Holdings::find(std::string_view capability) const noexcept {
  for (const auto& holding : all_) {
    if (holding->capability() == capability) return holding.get();
  }
  return nullptr;
}

Permission Holdings::query(std::string_view capability) const noexcept {
  const Holding* holding = find(capability);
  return holding == nullptr ? Permission::denied : holding->state();
}

Future<Permission> Holdings::request(std::string_view capability) {
  const Permission state = query(capability);
  if (state != Permission::prompt || desk_ == nullptr) return Result<Permission>(state);
  return desk_->request(capability);
}

std::uint64_t Holdings::watch(std::function<void(std::string_view, Permission)> changed) {
  watches_.emplace(++last_watch_, std::move(changed));
  return last_watch_;
}

void Holdings::unwatch(std::uint64_t number) { watches_.erase(number); }

// A copy, for who is told may add and remove some.
void Holdings::tell(const Holding& holding) {
  for (const auto& [number, changed] : std::map(watches_)) changed(holding.capability(), holding.state());
}

}  // namespace cloche
