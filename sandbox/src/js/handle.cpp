#include "js/handle.h"

#include <cloche/convert.h>
#include <cloche/detail/outgoing.h>

namespace cloche::js {
namespace {

/// A call with a list of values for arguments; always on the heap, for its caller may be anywhere.
class ListCall final : public detail::Outgoing {
 public:
  explicit ListCall(std::shared_ptr<const std::vector<Value>> arguments) : arguments_(std::move(arguments)) {}

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    refs_.clear();
    for (const Value& value : *arguments_) refs_.push_back(Convert<Value>::write(writer, value));
    return refs_;
  }
  bool read_result(Inward& in, ValueRef result) override {
    Value value;
    if (!Convert<Value>::read(in, result, value)) return false;
    promise_.settle(std::move(value));
    return true;
  }
  void fail(Error error) override { promise_.settle(std::move(error)); }
  std::unique_ptr<Outgoing> to_heap(bool) override {
    auto heap = std::make_unique<ListCall>(arguments_);
    heap->promise_ = promise_;
    return heap;
  }
  [[nodiscard]] Future<Value> future() const { return promise_.future(); }

 private:
  std::shared_ptr<const std::vector<Value>> arguments_;
  std::vector<ValueRef> refs_;
  Promise<Value> promise_;
};

}  // namespace

Future<Value> Handle::call(std::vector<Value> arguments) {
  ListCall call(std::make_shared<const std::vector<Value>>(std::move(arguments)));
  auto future = call.future();
  if (const auto instance = instance_.lock()) {
    instance->call_kept(id_, name_, call);
  } else {
    call.fail({Errc::unloaded, "the plugin of the function '" + name_ + "' was unloaded"});
  }
  return future;
}

}  // namespace cloche::js
