#include "js/platform.h"

#include <algorithm>
#include <chrono>

namespace cloche::js {
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void TaskRunner::set_wake(std::function<void(double)> wake) {
  std::vector<std::pair<double, std::unique_ptr<v8::Task>>> dropped;
  const std::scoped_lock lock(mutex_);
  wake_ = std::move(wake);
  closed_ = !wake_;
  if (closed_) dropped.swap(tasks_);
}

void TaskRunner::add(std::unique_ptr<v8::Task> task, double seconds) {
  const std::scoped_lock lock(mutex_);
  if (closed_) return;
  tasks_.emplace_back(now_seconds() + seconds, std::move(task));
  if (wake_) wake_(seconds);
}

std::vector<std::unique_ptr<v8::Task>> TaskRunner::take_due() {
  std::vector<std::unique_ptr<v8::Task>> due;
  const double now = now_seconds();
  const std::scoped_lock lock(mutex_);
  const auto first =
      std::stable_partition(tasks_.begin(), tasks_.end(), [&](const auto& task) { return task.first > now; });
  for (auto it = first; it != tasks_.end(); ++it) due.push_back(std::move(it->second));
  tasks_.erase(first, tasks_.end());
  return due;
}

Platform::Platform() : inner_(v8::platform::NewDefaultPlatform(0)) {}

std::shared_ptr<TaskRunner> Platform::runner(v8::Isolate* isolate) {
  const std::scoped_lock lock(mutex_);
  auto& runner = runners_[isolate];
  if (!runner) runner = std::make_shared<TaskRunner>();
  return runner;
}

void Platform::forget(v8::Isolate* isolate) {
  const std::scoped_lock lock(mutex_);
  runners_.erase(isolate);
}

}  // namespace cloche::js
