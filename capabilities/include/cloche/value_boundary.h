#pragma once

#include <cloche/boundary.h>
#include <deque>

namespace cloche {

/// A ValueReader over plain Values: what a host function receives when no engine is there, as in tests of
/// capabilities or when the arguments came from another process. The values are borrowed; they must outlive
/// the reader's use.
class PlainReader final : public ValueReader {
 public:
  /// Names `value`, which must stay where it is.
  [[nodiscard]] static ValueRef ref(const Value& value) noexcept {
    return {reinterpret_cast<std::uintptr_t>(&value)};
  }

  [[nodiscard]] ValueKind kind(ValueRef value) override;
  [[nodiscard]] bool boolean(ValueRef value) override;
  [[nodiscard]] bool number(ValueRef value, double& out) override;
  [[nodiscard]] BigInt bigint(ValueRef value) override;
  [[nodiscard]] double date(ValueRef value) override;
  [[nodiscard]] bool string(ValueRef value, std::string& out) override;
  [[nodiscard]] bool bytes(ValueRef value, Bytes& out) override;
  [[nodiscard]] bool error(ValueRef value, ErrorValue& out) override;
  [[nodiscard]] Function function(ValueRef value) override;
  [[nodiscard]] std::size_t length(ValueRef array) override;
  [[nodiscard]] bool element(ValueRef array, std::size_t index, ValueRef& out) override;
  [[nodiscard]] bool property(ValueRef object, StaticKey key, ValueRef& out) override;
  [[nodiscard]] bool entries(ValueRef object, std::vector<std::pair<std::string, ValueRef>>& out) override;
};

/// A ValueWriter that makes plain Values. It keeps what it made until it is destroyed; `value` copies it out.
class PlainWriter final : public ValueWriter {
 public:
  ValueRef undefined() override;
  ValueRef null() override;
  ValueRef boolean(bool value) override;
  ValueRef number(double value) override;
  ValueRef bigint(const BigInt& value) override;
  ValueRef date(double milliseconds) override;
  ValueRef string(std::string_view utf8) override;
  ValueRef bytes(std::span<const std::uint8_t> value) override;
  ValueRef error(const ErrorValue& value) override;
  ValueRef function(const Function& value) override;
  ValueRef array(std::span<const ValueRef> elements) override;
  ValueRef object(std::span<const StaticKey> keys, std::span<const ValueRef> values) override;
  ValueRef object(std::span<const std::string_view> keys, std::span<const ValueRef> values) override;
  ValueRef refuse() override {
    failed_ = true;
    return undefined();
  }
  [[nodiscard]] bool failed() const noexcept override { return failed_; }

  /// The value `ref` names, whole.
  [[nodiscard]] Value value(ValueRef ref) const;

 private:
  // An array's or object's parts are filled in by `value` alone, so that nothing is copied once for each
  // level.
  struct Node {
    Value shell;
    std::vector<ValueRef> parts;
  };
  ValueRef add(Value shell, std::span<const ValueRef> parts = {});

  std::deque<Node> nodes_;
  bool failed_ = false;
};

}  // namespace cloche
