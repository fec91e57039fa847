#pragma once

#include "js/background_work.h"
#include "js/compat.h"
#include "js/joined_job.h"
#include "js/memory_account.h"
#include "js/page_allocator.h"

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cloche::js {

/// V8's foreground tasks of one isolate (finalisation, asynchronous WebAssembly compilation, …): kept until
/// the isolate's own loop runs them. V8 posts from any thread.
class TaskRunner final : public v8::TaskRunner {
 public:
  /// `wake(delay in seconds)` is called, from any thread, when a task was posted. An empty function detaches.
  void set_wake(std::function<void(double)> wake);

  /// The tasks that are due; those inside the isolate run them.
  std::vector<std::unique_ptr<v8::Task>> take_due();

  void PostTask(std::unique_ptr<v8::Task> task) override { add(std::move(task), 0); }
  void PostNonNestableTask(std::unique_ptr<v8::Task> task) override { add(std::move(task), 0); }
  void PostDelayedTask(std::unique_ptr<v8::Task> task, double seconds) override {
    add(std::move(task), seconds);
  }
  void PostNonNestableDelayedTask(std::unique_ptr<v8::Task> task, double seconds) override {
    add(std::move(task), seconds);
  }
  void PostIdleTask(std::unique_ptr<v8::IdleTask>) override {}
  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

 private:
  void add(std::unique_ptr<v8::Task> task, double seconds);

  std::mutex mutex_;
  std::function<void(double)> wake_;
  std::vector<std::pair<double, std::unique_ptr<v8::Task>>> tasks_;  // when due, in seconds
  bool closed_ = false;
};

/// V8's default platform for worker threads and jobs, with foreground task runners of our own.
class Platform final : public v8::Platform {
 public:
  Platform();

  /// The runner of `isolate`; made on first use, which is while V8 makes the isolate.
  std::shared_ptr<TaskRunner> runner(v8::Isolate* isolate);
  /// Drops the runner of an isolate that is gone.
  void forget(v8::Isolate* isolate);

  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override { return inner_->CurrentClockTimeMillis(); }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }
  v8::PageAllocator* GetPageAllocator() override { return &pages_; }
  [[nodiscard]] PageAllocator& pages() noexcept { return pages_; }

#if V8_MAJOR_VERSION >= 12
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate, v8::TaskPriority) override {
    return runner(isolate);
  }
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> task,
                                               const v8::SourceLocation& location) override {
    if (is_joined(priority)) return std::make_unique<JoinedJob>(std::move(task));
    return inner_->CreateJob(priority, on_account(std::move(task)), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation& location) override {
    inner_->PostTaskOnWorkerThread(priority, on_account(std::move(task)), location);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                         double seconds, const v8::SourceLocation& location) override {
    inner_->PostDelayedTaskOnWorkerThread(priority, on_account(std::move(task)), seconds, location);
  }
#else
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate) override {
    return runner(isolate);
  }
  void CallOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallOnWorkerThread(on_account(std::move(task)));
  }
  void CallDelayedOnWorkerThread(std::unique_ptr<v8::Task> task, double seconds) override {
    inner_->CallDelayedOnWorkerThread(on_account(std::move(task)), seconds);
  }
  std::unique_ptr<v8::JobHandle> PostJob(v8::TaskPriority priority,
                                         std::unique_ptr<v8::JobTask> task) override {
    if (is_joined(priority)) return std::make_unique<JoinedJob>(std::move(task));
    return inner_->PostJob(priority, on_account(std::move(task)));
  }
#if V8_MAJOR_VERSION >= 11
  std::unique_ptr<v8::JobHandle> CreateJob(v8::TaskPriority priority,
                                           std::unique_ptr<v8::JobTask> task) override {
    if (is_joined(priority)) return std::make_unique<JoinedJob>(std::move(task));
    return inner_->CreateJob(priority, on_account(std::move(task)));
  }
#endif
#endif

 private:
  // What blocks the thread that posts it is waited for there; it posts from inside an isolate.
  [[nodiscard]] static bool is_joined(v8::TaskPriority priority) noexcept {
    return priority == v8::TaskPriority::kUserBlocking && MemoryAccount::current() != nullptr;
  }

  PageAllocator pages_;
  std::unique_ptr<v8::Platform> inner_;
  std::mutex mutex_;
  std::unordered_map<v8::Isolate*, std::shared_ptr<TaskRunner>> runners_;
};

}  // namespace cloche::js
