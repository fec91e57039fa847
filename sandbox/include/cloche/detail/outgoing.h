#pragma once

// One call of a plugin's export, with its C++ types erased: the template half lives here, in the caller, the
// other half in the sandbox. A call that can be answered at once never leaves the caller's stack; one that
// cannot is moved to the heap.

#include <array>
#include <cloche/convert.h>
#include <cloche/future.h>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

namespace cloche::detail {

/// What the sandbox sees of a call. Used on the plugin's thread, but for `fail`, which any thread may call.
class Outgoing {
 public:
  virtual ~Outgoing() = default;
  /// Makes the arguments; the span lives until the next call of this function.
  [[nodiscard]] virtual std::span<const ValueRef> write_arguments(ValueWriter& writer) = 0;
  /// Takes the result; false when it is not of the type wanted or the reader stopped, as `in` says.
  [[nodiscard]] virtual bool read_result(Inward& in, ValueRef result) = 0;
  virtual void fail(Error error) = 0;
  /// This call on the heap, with the arguments copied if they are still needed. Afterwards only the new one
  /// is used.
  [[nodiscard]] virtual std::unique_ptr<Outgoing> to_heap(bool with_arguments) = 0;
};

/// What an argument is kept in while its call waits.
template <class A>
using KeptArgument =
    std::conditional_t<std::is_convertible_v<const A&, std::string_view>, std::string, std::decay_t<A>>;

/// How the caller's stack refers to an argument. A literal decays to a pointer that nobody else keeps.
template <class A>
using BorrowedArgument = std::conditional_t<std::is_pointer_v<A>, A, const A&>;

template <class R>
class ResultSlot {
 public:
  bool read(Inward& in, ValueRef ref) {
    R value{};
    if (!Convert<R>::read(in, ref, value)) return false;
    result.emplace(std::move(value));
    return true;
  }
  std::optional<Result<R>> result;
};

template <>
class ResultSlot<void> {
 public:
  bool read(Inward&, ValueRef) {
    result.emplace();
    return true;
  }
  std::optional<Result<void>> result;
};

template <class... Args>
std::array<ValueRef, sizeof...(Args)> write_all(ValueWriter& writer, const Args&... args) {
  return {Convert<std::decay_t<Args>>::write(writer, args)...};
}

template <class R, class... Args>
class HeapCall final : public Outgoing {
 public:
  HeapCall() = default;
  explicit HeapCall(std::tuple<KeptArgument<Args>...> arguments) : arguments_(std::move(arguments)) {}

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    refs_ = std::apply([&](const auto&... values) { return write_all(writer, values...); }, *arguments_);
    return refs_;
  }
  bool read_result(Inward& in, ValueRef ref) override {
    ResultSlot<R> slot;
    if (!slot.read(in, ref)) return false;
    promise_.settle(std::move(*slot.result));
    return true;
  }
  void fail(Error error) override { promise_.settle(std::move(error)); }
  std::unique_ptr<Outgoing> to_heap(bool) override { return nullptr; }

  [[nodiscard]] Future<R> future() const { return promise_.future(); }

 private:
  std::optional<std::tuple<KeptArgument<Args>...>> arguments_;
  std::array<ValueRef, sizeof...(Args)> refs_{};
  Promise<R> promise_;
};

template <class R, class... Args>
class StackCall final : public Outgoing {
 public:
  explicit StackCall(const Args&... args) : arguments_(args...) {}

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    refs_ = std::apply([&](const auto&... values) { return write_all(writer, values...); }, arguments_);
    return refs_;
  }
  bool read_result(Inward& in, ValueRef ref) override { return slot_.read(in, ref); }
  void fail(Error error) override { slot_.result.emplace(std::move(error)); }
  std::unique_ptr<Outgoing> to_heap(bool with_arguments) override {
    using Heap = HeapCall<R, Args...>;
    auto heap = with_arguments ? std::make_unique<Heap>(std::tuple<KeptArgument<Args>...>(arguments_))
                               : std::make_unique<Heap>();
    future_.emplace(heap->future());
    return heap;
  }

  [[nodiscard]] Future<R> future() {
    if (slot_.result) return Future<R>(std::move(*slot_.result));
    return std::move(*future_);
  }

 private:
  std::tuple<BorrowedArgument<Args>...> arguments_;
  std::array<ValueRef, sizeof...(Args)> refs_{};
  ResultSlot<R> slot_;
  std::optional<Future<R>> future_;
};

}  // namespace cloche::detail
