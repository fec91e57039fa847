#pragma once

#include "js/compat.h"

#include <memory>
#include <utility>

namespace cloche::js {

/// A job of V8's that the thread which waits for it does alone, as it waits: collections of garbage are such jobs.
/// V8's default platform lets a thread of its own take a job even where that has one part only, and an engine that
/// gives up there cannot be left: the plugin's stack is elsewhere.
class JoinedJob final : public v8::JobHandle {
 public:
  explicit JoinedJob(std::unique_ptr<v8::JobTask> task) : task_(std::move(task)) {}

  void Join() override {
    Delegate delegate;
    while (IsActive()) task_->Run(&delegate);
    task_.reset();
  }
  void Cancel() override { task_.reset(); }
  void CancelAndDetach() override { task_.reset(); }
  void NotifyConcurrencyIncrease() override {}
  bool IsActive() override { return task_ != nullptr && task_->GetMaxConcurrency(0) > 0; }
  bool IsValid() override { return task_ != nullptr; }

 private:
// V8's interface has a destructor that is not virtual; nobody deletes through it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
  class Delegate final : public v8::JobDelegate {
    bool ShouldYield() override { return false; }
    void NotifyConcurrencyIncrease() override {}
    std::uint8_t GetTaskId() override { return 0; }
    [[nodiscard]] bool IsJoiningThread() const override { return true; }
  };
#pragma GCC diagnostic pop

  std::unique_ptr<v8::JobTask> task_;
};

}  // namespace cloche::js
