#pragma once

#include "usage.h"

#include <cloche/detail/outgoing.h>
#include <memory>
#include <string>
#include <string_view>

namespace cloche {

/// What the observer was shown of a call when it began.
struct ShownCall {
  std::uint64_t id;
  std::string target;
  loop::TimePoint begin;

  /// The call, its time up to now.
  [[nodiscard]] CallEvent event() const;
};

/// A call that is counted once when it ends, and shown to the observer, whatever way it takes: it stands
/// before the caller's own Outgoing, on the caller's stack and, should the call have to wait, on the heap.
/// It is counted before whoever waits for the answer can know of it.
class MeteredCall final : public detail::Outgoing {
 public:
  MeteredCall(Usage& usage, std::string_view target, detail::Outgoing& inner) : usage_(usage), inner_(inner) {
    if (usage.observed()) [[unlikely]]
      show_start(target);
  }

  std::span<const ValueRef> write_arguments(ValueWriter& writer) override {
    return inner_.write_arguments(writer);
  }
  bool read_result(Inward& in, ValueRef result) override {
    if (!inner_.read_result(in, result)) return false;
    if (!over_) usage_.answered.add();
    over_ = true;
    if (shown_) [[unlikely]]
      usage_.call_ended(shown_->event(), nullptr);
    return true;
  }
  void fail(Error error) override;
  std::unique_ptr<Outgoing> to_heap(bool with_arguments) override;

 private:
  void show_start(std::string_view target);

  Usage& usage_;
  detail::Outgoing& inner_;
  std::unique_ptr<ShownCall> shown_;  // null: nobody watches
  bool over_ = false;
};

}  // namespace cloche
