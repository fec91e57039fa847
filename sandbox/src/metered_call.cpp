#include "metered_call.h"

#include <atomic>
#include <utility>

namespace cloche {
namespace {

/// The same on the heap, where any thread may fail it.
class KeptMeteredCall final : public detail::Outgoing {
 public:
  KeptMeteredCall(std::shared_ptr<Usage> usage, std::unique_ptr<detail::Outgoing> inner,
                  std::unique_ptr<ShownCall> shown)
      : usage_(std::move(usage)), inner_(std::move(inner)), shown_(std::move(shown)) {}
  KeptMeteredCall(const KeptMeteredCall&) = delete;
  KeptMeteredCall& operator=(const KeptMeteredCall&) = delete;
  // One that was dropped; its future answers so.
  ~KeptMeteredCall() override {
    if (!over_.load()) count_failure({Errc::cancelled, "the call was dropped before it was answered"});
  }

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    return inner_->write_arguments(writer);
  }
  // Counted and timed first, for whoever waits goes on at once, and taken back where the result turns out to be
  // no answer: `fail` comes next.
  bool read_result(Inward& in, ValueRef result) override {
    const bool late = over_.exchange(true);
    if (!late) usage_->answered.add();
    const CallEvent event = shown_ ? shown_->event() : CallEvent{};
    if (inner_->read_result(in, result)) {
      if (shown_ && !late) usage_->call_ended(event, nullptr);
      return true;
    }
    if (!late) usage_->answered.take_back();
    over_.store(late);
    return false;
  }
  void fail(Error error) override {
    if (!over_.exchange(true)) count_failure(error);
    inner_->fail(std::move(error));
  }
  std::unique_ptr<Outgoing> to_heap(bool) override { return nullptr; }

 private:
  void count_failure(const Error& error) {
    usage_->call_failed(error);
    if (shown_) usage_->call_ended(shown_->event(), &error);
  }

  std::shared_ptr<Usage> usage_;
  std::unique_ptr<detail::Outgoing> inner_;
  std::unique_ptr<ShownCall> shown_;
  std::atomic<bool> over_{false};
};

}  // namespace

CallEvent ShownCall::event() const { return {id, target, {begin, loop::Clock::now() - begin}}; }

void MeteredCall::show_start(std::string_view target) {
  shown_ =
      std::make_unique<ShownCall>(ShownCall{usage_.next_call(), std::string(target), loop::Clock::now()});
  usage_.call_started(shown_->event());
}

// May come more than once: the first counts.
void MeteredCall::fail(Error error) {
  if (!std::exchange(over_, true)) {
    usage_.call_failed(error);
    if (shown_) usage_.call_ended(shown_->event(), &error);
  }
  inner_.fail(std::move(error));
}

std::unique_ptr<detail::Outgoing> MeteredCall::to_heap(bool with_arguments) {
  return std::make_unique<KeptMeteredCall>(usage_.shared_from_this(), inner_.to_heap(with_arguments),
                                           std::move(shown_));
}

}  // namespace cloche
