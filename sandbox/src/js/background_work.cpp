#include "js/background_work.h"

#include "js/memory_account.h"
#include "js/runner.h"

namespace cloche::js {
namespace {

/// Holds an account while a thread of V8's works for it, unless its isolate is dead.
class Working {
 public:
  explicit Working(MemoryAccount& account) noexcept : account_(account), begun_(account.begin_work()) {}
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;
  ~Working() {
    if (begun_) account_.end_work();
  }
  explicit operator bool() const noexcept { return begun_; }

 private:
  MemoryAccount& account_;
  bool begun_;
};

// Work for a dead isolate is not even destroyed: it may refer to the pages that are gone.
template <class Work>
class Charged {
 public:
  explicit Charged(std::unique_ptr<Work> work)
      : account_(MemoryAccount::current()->shared_from_this()), work_(std::move(work)) {}
  Charged(const Charged&) = delete;
  Charged& operator=(const Charged&) = delete;
  ~Charged() {
    const Working working(*account_);
    if (working) {
      work_.reset();
    } else {
      static_cast<void>(work_.release());
    }
  }

  // The isolate's own thread helps with jobs it waits for; there the isolate is entered as usual.
  template <class F>
  void run(F f) const {
    if (Runner::of_thread() != nullptr) return f(*work_);
    const Working working(*account_);
    if (!working) return;
    const MemoryAccount::Charging charging(*account_);
    f(*work_);
  }

 private:
  std::shared_ptr<MemoryAccount> account_;
  std::unique_ptr<Work> work_;
};

class ChargedTask final : public v8::Task {
 public:
  explicit ChargedTask(std::unique_ptr<v8::Task> task) : charged_(std::move(task)) {}
  void Run() override {
    charged_.run([](v8::Task& task) { task.Run(); });
  }

 private:
  Charged<v8::Task> charged_;
};

class ChargedJob final : public v8::JobTask {
 public:
  explicit ChargedJob(std::unique_ptr<v8::JobTask> job) : charged_(std::move(job)) {}
  void Run(v8::JobDelegate* delegate) override {
    charged_.run([delegate](v8::JobTask& job) { job.Run(delegate); });
  }
  [[nodiscard]] std::size_t GetMaxConcurrency(std::size_t workers) const override {
    std::size_t most = 0;
    charged_.run([&](v8::JobTask& job) { most = job.GetMaxConcurrency(workers); });
    return most;
  }

 private:
  Charged<v8::JobTask> charged_;
};

}  // namespace

std::unique_ptr<v8::Task> on_account(std::unique_ptr<v8::Task> task) {
  if (MemoryAccount::current() == nullptr) return task;
  return std::make_unique<ChargedTask>(std::move(task));
}

std::unique_ptr<v8::JobTask> on_account(std::unique_ptr<v8::JobTask> job) {
  if (MemoryAccount::current() == nullptr) return job;
  return std::make_unique<ChargedJob>(std::move(job));
}

}  // namespace cloche::js
