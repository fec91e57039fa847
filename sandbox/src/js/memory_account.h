#pragma once

#include <atomic>
#include <cloche/limits.h>
#include <functional>
#include <memory>
#include <mutex>

namespace cloche::js {

/// An amount of memory that may be used up to a limit. Any thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(ByteCount limit) noexcept : limit_(limit) {}

  /// False, and counted as refused, when it would go beyond the limit.
  [[nodiscard]] bool charge(ByteCount bytes) noexcept;
  void refund(ByteCount bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  [[nodiscard]] ByteCount used() const noexcept { return used_.load(std::memory_order_relaxed); }
  [[nodiscard]] ByteCount limit() const noexcept { return limit_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  const ByteCount limit_;
  std::atomic<ByteCount> used_{0};
  std::atomic<std::uint64_t> refused_{0};
};

/// Whom V8's memory belongs to: one for each isolate. Every page V8 asks for is charged to the isolate that
/// runs on the asking thread, or for which V8's own thread works. It outlives the isolate where pages do.
class MemoryAccount final : public std::enable_shared_from_this<MemoryAccount> {
 public:
  /// `heap_limit`, in bytes, is that of the manifest; V8 holds itself to it first. Its pages may come to more,
  /// for a collection moves objects and a heap that reached its limit is given a little more to end in.
  MemoryAccount(ByteCount heap_limit, ByteCount external_limit) noexcept;

  [[nodiscard]] MemoryBudget& pages() noexcept { return pages_; }
  [[nodiscard]] const MemoryBudget& pages() const noexcept { return pages_; }
  [[nodiscard]] MemoryBudget& external() noexcept { return external_; }

  /// What is asked for until then is the isolate's own, code included; afterwards it may be WebAssembly's.
  void isolate_is_made() noexcept { isolate_made_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool isolate_made() const noexcept { return isolate_made_.load(std::memory_order_relaxed); }

  /// The account that the calling thread's memory is charged to now; null outside of any isolate.
  [[nodiscard]] static MemoryAccount* current() noexcept;

  /// Charges the thread's memory to `account` while it lives.
  class Charging {
   public:
    explicit Charging(MemoryAccount& account) noexcept;
    Charging(const Charging&) = delete;
    Charging& operator=(const Charging&) = delete;
    ~Charging();

   private:
    MemoryAccount* outer_;
  };

  /// Work for the isolate on a thread of V8's own begins: false when the isolate is dead, and must not be
  /// touched any more.
  [[nodiscard]] bool begin_work() noexcept;
  void end_work() noexcept;

  /// The isolate is dead. `then` is called once no thread works for it any more: at once, or on the thread
  /// that ends the last work.
  void bury(std::function<void()> then);

 private:
  MemoryBudget pages_;
  MemoryBudget external_;
  std::atomic<bool> isolate_made_{false};
  std::mutex mutex_;
  int working_ = 0;
  bool dead_ = false;
  std::function<void()> then_;
};

}  // namespace cloche::js
