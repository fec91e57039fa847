#include "ledger.h"

namespace cloche::soak {

void Ledger::call_ended(const PluginInfo&, const CallEvent&, const Error* error) {
  ++ended_;
  if (error != nullptr) ++told_[static_cast<std::size_t>(error->code())];
}

void Ledger::answered(std::optional<Errc> error) {
  ++answered_;
  if (error) ++got_[static_cast<std::size_t>(*error)];
}

void Ledger::fault(const std::string& what) {
  const std::scoped_lock lock(mutex_);
  constexpr std::size_t kMost = 20;
  if (faults_.size() < kMost) faults_.push_back(what);
}

std::vector<std::string> Ledger::faults() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> all = faults_;
  const auto same = [&](const std::string& what, std::uint64_t a, std::uint64_t b) {
    if (a != b) all.push_back(what + ": " + std::to_string(a) + " and " + std::to_string(b));
  };
  same("instances loaded, and unloaded", loaded_, unloaded_);
  same("calls made, and answered", made_, answered_);
  same("calls told of at their begin, and at their end", started_, ended_);
  same("reloads that were done, and told of", exchanged_, reloaded_);
  return all;
}

std::string Ledger::summary() const {
  std::string text = "instances " + std::to_string(loaded_) + ", crashes " + std::to_string(crashed_) +
                     ", restarts " + std::to_string(restarted_) + ", reloads " + std::to_string(reloaded_) +
                     ", calls " + std::to_string(answered_);
  for (std::size_t code = 0; code < got_.size(); ++code) {
    if (got_[code] == 0) continue;
    text += ", " + std::string(to_string(static_cast<Errc>(code))) + " " + std::to_string(got_[code]);
  }
  return text;
}

}  // namespace cloche::soak
