#pragma once

#include <cloche/convert.h>
#include <cloche/detail/outgoing.h>
#include <cloche/future.h>
#include <cloche/value.h>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace cloche {

/// A call with a list of values for arguments. `ticket` is let go when it has been answered, before its Future is.
class ListCall final : public detail::Outgoing {
 public:
  explicit ListCall(std::shared_ptr<const std::vector<Value>> arguments,
                    std::shared_ptr<void> ticket = nullptr)
      : arguments_(std::move(arguments)), ticket_(std::move(ticket)) {}

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    refs_.clear();
    for (const Value& value : *arguments_) refs_.push_back(Convert<Value>::write(writer, value));
    return refs_;
  }
  bool read_result(Inward& in, ValueRef result) override {
    Value value;
    if (!Convert<Value>::read(in, result, value)) return false;
    ticket_.reset();
    promise_.settle(std::move(value));
    return true;
  }
  void fail(Error error) override {
    ticket_.reset();
    promise_.settle(std::move(error));
  }
  std::unique_ptr<Outgoing> to_heap(bool) override {
    auto heap = std::make_unique<ListCall>(arguments_, std::move(ticket_));
    heap->promise_ = promise_;
    return heap;
  }
  [[nodiscard]] Future<Value> future() const { return promise_.future(); }

 private:
  std::shared_ptr<const std::vector<Value>> arguments_;
  std::shared_ptr<void> ticket_;
  std::vector<ValueRef> refs_;
  Promise<Value> promise_;
};

}  // namespace cloche
