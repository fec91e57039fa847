#include <cloche/holding.h>

#include <utility>

namespace cloche {

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
  Leased(Holding& holding, std::uint64_t number) : holding_(holding), number_(number) {}
  ~Leased() override {
    const std::scoped_lock lock(holding_.mutex_);
    holding_.ends_.erase(number_);
  }

 private:
  Holding& holding_;
  const std::uint64_t number_;
};

void Holding::open(Grant grant, std::shared_ptr<void> scope) {
  held_.push_back(std::make_unique<const Held>(Held{std::move(grant), std::move(scope)}));
  state_.store(Permission::granted, std::memory_order_release);
}

void Holding::close(Permission state) {
  std::map<std::uint64_t, std::function<void()>> ends;
  {
    const std::scoped_lock lock(mutex_);
    state_.store(state, std::memory_order_release);
    epoch_.fetch_add(1, std::memory_order_acq_rel);
    ends.swap(ends_);
  }
  for (const auto& [number, end] : ends) end();
}

std::unique_ptr<Lease> Holding::lease(std::uint64_t epoch, std::function<void()> end) {
  {
    const std::scoped_lock lock(mutex_);
    if (epoch == this->epoch()) {
      ends_.emplace(++last_lease_, std::move(end));
      return std::make_unique<Leased>(*this, last_lease_);
    }
  }
  end();
  return nullptr;
}

Error not_capable(const Holding& holding) {
  const char* const why = holding.state() == Permission::prompt
                              ? "' is not granted: ask for it with request() of 'cap:permissions'"
                              : (holding.epoch() > 0 ? "' was revoked" : "' is not granted");
  return {Errc::not_capable, "the capability '" + holding.capability() + why};
}

}  // namespace cloche
