#include <cloche/secret_store.h>
#include <cstdlib>
#include <utility>

namespace cloche {
namespace {

using Texts = std::map<std::string, std::string>;

std::vector<std::string> keys(const Texts& texts) {
  std::vector<std::string> names;
  for (const auto& [name, text] : texts) names.push_back(name);
  return names;
}

class MemoryStore final : public SecretStore {
 public:
  explicit MemoryStore(Texts values) : values_(std::move(values)) {}

  Result<std::optional<std::string>> value(std::string_view, std::string_view name) override {
    const auto found = values_.find(std::string(name));
    if (found == values_.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }
  std::vector<std::string> names(std::string_view) override { return keys(values_); }

 private:
  const Texts values_;
};

class EnvironmentStore final : public SecretStore {
 public:
  explicit EnvironmentStore(Texts variables) : variables_(std::move(variables)) {}

  Result<std::optional<std::string>> value(std::string_view, std::string_view name) override {
    const auto found = variables_.find(std::string(name));
    const char* const text = found == variables_.end() ? nullptr : std::getenv(found->second.c_str());
    if (text == nullptr) return std::optional<std::string>();
    return std::optional<std::string>(text);
  }
  std::vector<std::string> names(std::string_view) override { return keys(variables_); }

 private:
  const Texts variables_;
};

}  // namespace

std::shared_ptr<SecretStore> secrets_in_memory(std::map<std::string, std::string> values) {
  return std::make_shared<MemoryStore>(std::move(values));
}

std::shared_ptr<SecretStore> secrets_of_environment(std::map<std::string, std::string> variables) {
  return std::make_shared<EnvironmentStore>(std::move(variables));
}

}  // namespace cloche
