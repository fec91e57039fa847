#include <algorithm>
#include <cloche/configuration.h>
#include <cloche/json.h>
#include <optional>

namespace cloche {
namespace {

const Value* find(const Object& object, const std::string& name) {
  const auto found = std::ranges::find(object, name, &Object::value_type::first);
  return found == object.end() ? nullptr : &found->second;
}

bool same(const Value* a, const Value* b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }

std::vector<std::string> differences(const Object& before, const Object& now) {
  std::vector<std::string> names;
  for (const auto& [name, value] : now) {
    if (!same(find(before, name), &value)) names.push_back(name);
  }
  for (const auto& [name, value] : before) {
    if (find(now, name) == nullptr) names.push_back(name);
  }
  return names;
}

// As it will be when it is read again.
Result<Object> as_json(const Object& settings) {
  auto text = to_json(settings);
  if (!text) return text.error();
  auto value = parse_json(*text);
  if (!value) return value.error();
  return std::move(*value->as<Object>());
}

}  // namespace

std::shared_ptr<const Object> Configuration::Settings::now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

std::uint32_t Configuration::Settings::watch(Changed changed) {
  const std::scoped_lock lock(mutex_);
  watches_.emplace(++last_, std::make_shared<const Changed>(std::move(changed)));
  return last_;
}

bool Configuration::Settings::unwatch(std::uint32_t number) {
  const std::scoped_lock lock(mutex_);
  return watches_.erase(number) != 0;
}

Result<Object> Configuration::Settings::with_defaults(const Object& chosen) const {
  auto defaults = parse_json(terms_->defaults);
  if (!defaults) return defaults.error();
  Object settings = std::move(*defaults->as<Object>());
  for (const auto& [name, value] : chosen) {
    const auto found = std::ranges::find(settings, name, &Object::value_type::first);
    if (found == settings.end()) {
      settings.emplace_back(name, value);
    } else {
      found->second = value;
    }
  }
  auto text = to_json(settings);
  if (!text) return text.error();
  if (auto fits = terms_->schema.check(*text); !fits) return fits.error();
  return settings;
}

// Gives what is to be called then, without any mutex: it may ask for the settings, or choose others.
std::function<void()> Configuration::Settings::replace(Object settings) {
  const auto now = std::make_shared<const Object>(std::move(settings));
  const std::scoped_lock lock(mutex_);
  auto names = now_ ? differences(*now_, *now) : std::vector<std::string>();
  now_ = now;
  if (names.empty()) return [] {};
  return [watches = watches_, names = std::move(names), now] {
    for (const auto& [number, changed] : watches) (*changed)(names, *now);
  };
}

Configuration::Configuration(std::shared_ptr<ConfigStore> store, Unfit unfit)
    : store_(std::move(store)), unfit_(std::move(unfit)) {}

Result<Object> Configuration::chosen(const std::string& plugin) {
  const std::scoped_lock lock(mutex_);
  return store_->read(plugin);
}

std::vector<std::shared_ptr<Configuration::Settings>> Configuration::loaded(const std::string& plugin) {
  std::vector<std::shared_ptr<Settings>> found;
  std::erase_if(loaded_, [](const auto& entry) { return entry.second.expired(); });
  const auto [begin, end] = loaded_.equal_range(plugin);
  for (auto entry = begin; entry != end; ++entry) {
    if (auto settings = entry->second.lock()) found.push_back(std::move(settings));
  }
  return found;
}

Result<void> Configuration::choose(const std::string& plugin, const Object& settings) {
  auto plain = as_json(settings);
  if (!plain) return plain.error();
  std::vector<std::function<void()>> told;
  {
    const std::scoped_lock lock(mutex_);
    std::vector<std::pair<std::shared_ptr<Settings>, Object>> changes;
    for (auto& each : loaded(plugin)) {
      auto whole = each->with_defaults(*plain);
      if (!whole) return whole.error();
      changes.emplace_back(std::move(each), std::move(*whole));
    }
    if (auto written = store_->write(plugin, *plain); !written) return written;
    for (auto& [each, whole] : changes) told.push_back(each->replace(std::move(whole)));
  }
  for (const auto& tell : told) tell();
  return {};
}

Result<std::shared_ptr<Configuration::Settings>> Configuration::load(
    const std::string& plugin, std::shared_ptr<const ConfigTerms> terms) {
  std::shared_ptr<Settings> settings(new Settings(std::move(terms)));
  std::optional<Error> misfit;
  {
    const std::scoped_lock lock(mutex_);
    auto chosen = store_->read(plugin);
    if (!chosen) return chosen.error();
    auto whole = settings->with_defaults(*chosen);
    if (!whole) {
      misfit = whole.error();
      whole = settings->with_defaults({});
    }
    if (!whole) return whole.error();
    static_cast<void>(settings->replace(std::move(*whole)));
    loaded_.emplace(plugin, settings);
  }
  if (misfit && unfit_) unfit_(plugin, *misfit);
  return settings;
}

}  // namespace cloche
