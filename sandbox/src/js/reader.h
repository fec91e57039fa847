#pragma once

#include "js/keys.h"
#include "js/scope.h"
#include "usage.h"

#include <cloche/boundary.h>
#include <optional>

namespace cloche::js {

/// Makes handles of plugin functions that outlive the call they came with, and finds them again.
class FunctionHandles {
 public:
  virtual ~FunctionHandles() = default;
  [[nodiscard]] virtual Function keep(v8::Local<v8::Function> function) = 0;
  /// The function behind a handle made here; empty for another's.
  [[nodiscard]] virtual v8::MaybeLocal<v8::Function> find(const Function& function) = 0;
};

/// What reading and writing values of one isolate needs beside the isolate.
struct BoundaryParts {
  KeyCache& keys;
  FunctionHandles& functions;
  std::size_t max_bytes;  ///< text and bytes one list of arguments or one result may carry
  Usage& usage;
};

/// Reads values where V8 has them. Lives within one handle scope.
class Reader final : public ValueReader {
 public:
  Reader(v8::Isolate* isolate, BoundaryParts& parts) noexcept
      : isolate_(isolate), parts_(parts), left_(parts.max_bytes) {}

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
  void note_too_deep() override { parts_.usage.hit(Limit::message); }

  /// Whether it stopped because the value is too large, and not because the plugin's code threw.
  [[nodiscard]] bool too_large() const noexcept { return too_large_; }

 private:
  [[nodiscard]] bool charge(std::size_t bytes) noexcept;
  [[nodiscard]] v8::Local<v8::Context> context() { return isolate_->GetCurrentContext(); }

  v8::Isolate* isolate_;
  BoundaryParts& parts_;
  std::size_t left_;
  bool too_large_ = false;
};

}  // namespace cloche::js
