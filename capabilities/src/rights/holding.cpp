#include <cloche/holding.h>

#include <utility>

namespace cloche {

namespace {

constexpr std::uint64_t bits(Permission state) { return static_cast<std::uint64_t>(state); }

}  // namespace

std::string_view to_string(Permission permission) noexcept {
  switch (permission) {
    case Permission::granted: return "granted";
    case Permission::prompt: return "prompt";
    case Permission::denied: return "denied";
  }
  return "denied";
}

class Holding::Leased final : public Lease {
 public:
  Leased(Holding& holding, LeaseId id) : holding_(holding), id_(id) {}
  ~Leased() override {
    const std::scoped_lock lock(holding_.mutex_);
    holding_.ends_.erase(id_);
  }

 private:
  Holding& holding_;
  const LeaseId id_;
};

void Holding::open(Grant grant, std::shared_ptr<void> scope) {
  held_.push_back(std::make_unique<const Held>(Held{std::move(grant), std::move(scope)}));
  current_ = held_.back().get();
  std::uint64_t before = stamp();
  while (!stamp_.compare_exchange_weak(before, before / kStates * kStates + bits(Permission::granted))) {
  }
}

void Holding::shut(Permission state) noexcept {
  std::uint64_t before = stamp();
  while (!stamp_.compare_exchange_weak(before, (before / kStates + 1) * kStates + bits(state))) {
  }
}

void Holding::end_leases() {
  std::map<LeaseId, std::function<void()>> over;
  {
    const std::scoped_lock lock(mutex_);
    const auto current = ends_.lower_bound({epoch(), 0});
    while (ends_.begin() != current) over.insert(ends_.extract(ends_.begin()));
  }
  for (const auto& [id, end] : over) end();
}

std::unique_ptr<Lease> Holding::lease(std::uint64_t epoch, std::function<void()> end) {
  if (epoch != this->epoch()) {
    end();
    return nullptr;
  }
  const std::scoped_lock lock(mutex_);
  const LeaseId id{epoch, ++last_lease_};
  ends_.emplace(id, std::move(end));
  return std::make_unique<Leased>(*this, id);
}

Error not_capable(const Holding& holding) {
  const char* const why = holding.state() == Permission::prompt
                              ? "' is not granted: ask for it with request() of 'cap:permissions'"
                              : (holding.epoch() > 0 ? "' was revoked" : "' is not granted");
  return {Errc::not_capable, "the capability '" + holding.capability() + why};
}

}  // namespace cloche
