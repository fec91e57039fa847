#pragma once

#include <cstddef>
#include <memory>

namespace cloche::bench {

/// The same work on bare V8, in the same process: the floor under every figure. V8 has been begun by a Host.
class BareV8 {
 public:
  /// An isolate, its context, the plugin's module compiled and evaluated, and one call of `handle`.
  BareV8();
  BareV8(const BareV8&) = delete;
  BareV8& operator=(const BareV8&) = delete;
  ~BareV8();

  /// `count` calls of `handle`, each with the scopes that a call from outside needs.
  double call_handle(std::size_t count);
  /// One call of `addMany(count)`, which calls a bare callback `count` times.
  double call_add_many(std::size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cloche::bench
