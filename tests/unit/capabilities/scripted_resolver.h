#pragma once

#include <cloche/resolver.h>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cloche::testing {

/// Answers from a list for each host: each answer once, and the last one for ever.
class ScriptedResolver final : public Resolver {
 public:
  using Answers = std::vector<std::vector<std::string>>;

  explicit ScriptedResolver(std::map<std::string, Answers, std::less<>> answers)
      : answers_(std::move(answers)) {}

  Future<std::vector<std::string>> resolve(std::string_view host) override {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(host);
    if (found == answers_.end()) return Result<std::vector<std::string>>(Error(Errc::io, "no such host"));
    Answers& answers = found->second;
    auto answer = answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    return Result<std::vector<std::string>>(std::move(answer));
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Answers, std::less<>> answers_;
};

}  // namespace cloche::testing
