#include "metered_call.h"

#include <utility>

namespace cloche {

KeptMeteredCall::KeptMeteredCall(std::shared_ptr<Usage> usage, std::shared_ptr<detail::Outgoing> inner,
                                 std::unique_ptr<ShownCall> shown)
    : usage_(std::move(usage)), inner_(std::move(inner)), shown_(std::move(shown)) {}

KeptMeteredCall::KeptMeteredCall(std::shared_ptr<Usage> usage, std::string_view target,
                                 std::shared_ptr<detail::Outgoing> inner)
    : usage_(std::move(usage)), inner_(std::move(inner)) {
  if (usage_->observed()) shown_ = ShownCall::start(*usage_, target);
}

// One that was dropped; its future answers so.
KeptMeteredCall::~KeptMeteredCall() {
  refuse({Errc::cancelled, "the call was dropped before it was answered"});
}

std::span<const ValueRef> KeptMeteredCall::write_arguments(ValueWriter& writer) {
  return inner_->write_arguments(writer);
}

// Counted and timed first, for whoever waits goes on at once, and taken back where the result turns out to be
// no answer: `fail` comes next.
bool KeptMeteredCall::read_result(Inward& in, ValueRef result) {
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

void KeptMeteredCall::fail(Error error) {
  refuse(error);
  inner_->fail(std::move(error));
}

void KeptMeteredCall::refuse(const Error& error) {
  if (over_.exchange(true)) return;
  usage_->call_failed(error);
  if (shown_) usage_->call_ended(shown_->event(), &error);
}

std::unique_ptr<ShownCall> ShownCall::start(Usage& usage, std::string_view target) {
  auto shown =
      std::make_unique<ShownCall>(ShownCall{usage.next_call(), std::string(target), loop::Clock::now()});
  usage.call_started(shown->event());
  return shown;
}

CallEvent ShownCall::event() const { return {id, target, {begin, loop::Clock::now() - begin}}; }

void MeteredCall::show_start(std::string_view target) { shown_ = ShownCall::start(usage_, target); }

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
