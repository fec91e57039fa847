#pragma once

#include "js/reader.h"

#include <cloche/boundary.h>

namespace cloche::js {

/// Makes values in V8's heap, in the entered context's realm. Lives within one handle scope.
class Writer final : public ValueWriter {
 public:
  Writer(v8::Isolate* isolate, BoundaryParts& parts) noexcept
      : isolate_(isolate), parts_(parts), left_(parts.max_bytes) {}

  ValueRef undefined() override { return to_ref(v8::Undefined(isolate_)); }
  ValueRef null() override { return to_ref(v8::Null(isolate_)); }
  ValueRef boolean(bool value) override { return to_ref(v8::Boolean::New(isolate_, value)); }
  ValueRef number(double value) override { return to_ref(v8::Number::New(isolate_, value)); }
  ValueRef bigint(const BigInt& value) override;
  ValueRef date(double milliseconds) override;
  ValueRef string(std::string_view utf8) override;
  ValueRef bytes(std::span<const std::uint8_t> value) override;
  ValueRef error(const ErrorValue& value) override;
  ValueRef function(const Function& value) override;
  ValueRef array(std::span<const ValueRef> elements) override;
  ValueRef object(std::span<const StaticKey> keys, std::span<const ValueRef> values) override;
  ValueRef object(std::span<const std::string_view> keys, std::span<const ValueRef> values) override;
  ValueRef refuse() override { return fail(); }
  [[nodiscard]] bool failed() const noexcept override { return failed_; }
  /// Of one that failed, what to tell; `too_large` where the value is more than one message may be.
  [[nodiscard]] Error failure(std::string too_large) const;

 private:
  ValueRef fail();
  [[nodiscard]] bool charge(std::size_t bytes) noexcept;

  v8::Isolate* isolate_;
  BoundaryParts& parts_;
  std::size_t left_;
  bool failed_ = false;
  bool no_room_ = false;  // the plugin's ArrayBuffers take all they may
};

}  // namespace cloche::js
