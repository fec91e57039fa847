#pragma once

#include <cloche/error.h>
#include <cloche/value.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

/// Names one value inside the ValueReader or ValueWriter that gave it, and means nothing elsewhere. The
/// default one is "not there": an argument left out, which reads as undefined.
struct ValueRef {
  std::uintptr_t bits = 0;
};

/// A property name of static storage duration: an engine may keep what it made of it by its address.
using StaticKey = const char*;

/// Reads a plugin's values where they are, without an engine's types. Used inside one call, on its thread.
/// The functions that return bool answer false when reading must stop, because the plugin's own code threw (a
/// getter, a proxy) or a limit was reached; the engine knows which. Reading a value as what its kind is not
/// is undefined.
class ValueReader {
 public:
  virtual ~ValueReader() = default;

  [[nodiscard]] virtual ValueKind kind(ValueRef value) = 0;
  [[nodiscard]] virtual bool boolean(ValueRef value) = 0;
  /// False, and nothing else, where the value is no number: the commonest question, asked and answered in
  /// one.
  [[nodiscard]] virtual bool number(ValueRef value, double& out) = 0;
  [[nodiscard]] virtual BigInt bigint(ValueRef value) = 0;
  [[nodiscard]] virtual double date(ValueRef value) = 0;
  /// As UTF-8; a lone surrogate becomes U+FFFD.
  [[nodiscard]] virtual bool string(ValueRef value, std::string& out) = 0;
  [[nodiscard]] virtual bool bytes(ValueRef value, Bytes& out) = 0;
  [[nodiscard]] virtual bool error(ValueRef value, ErrorValue& out) = 0;
  /// A handle of the function, which keeps it alive.
  [[nodiscard]] virtual Function function(ValueRef value) = 0;
  [[nodiscard]] virtual std::size_t length(ValueRef array) = 0;
  [[nodiscard]] virtual bool element(ValueRef array, std::size_t index, ValueRef& out) = 0;
  /// A property that is missing reads as undefined.
  [[nodiscard]] virtual bool property(ValueRef object, StaticKey key, ValueRef& out) = 0;
  /// The own enumerable properties with string keys, in order.
  [[nodiscard]] virtual bool entries(ValueRef object, std::vector<std::pair<std::string, ValueRef>>& out) = 0;
  /// Told that a value is refused because it is nested too deeply.
  virtual void note_too_deep() {}
};

/// Makes a plugin's values, the counterpart of ValueReader. After a failure (a limit reached) every function
/// still answers, and `failed` says so.
class ValueWriter {
 public:
  virtual ~ValueWriter() = default;

  virtual ValueRef undefined() = 0;
  virtual ValueRef null() = 0;
  virtual ValueRef boolean(bool value) = 0;
  virtual ValueRef number(double value) = 0;
  virtual ValueRef bigint(const BigInt& value) = 0;
  virtual ValueRef date(double milliseconds) = 0;
  virtual ValueRef string(std::string_view utf8) = 0;
  virtual ValueRef bytes(std::span<const std::uint8_t> value) = 0;
  virtual ValueRef error(const ErrorValue& value) = 0;
  virtual ValueRef function(const Function& value) = 0;
  virtual ValueRef array(std::span<const ValueRef> elements) = 0;
  /// `keys` and `values` are of one length.
  virtual ValueRef object(std::span<const StaticKey> keys, std::span<const ValueRef> values) = 0;
  virtual ValueRef object(std::span<const std::string_view> keys, std::span<const ValueRef> values) = 0;
  /// Stands for a value that is not to cross, being nested too deeply; fails.
  virtual ValueRef refuse() = 0;
  [[nodiscard]] virtual bool failed() const noexcept = 0;
};

/// A conversion from a plugin's value under way: the reader, and where and why it went wrong.
class Inward {
 public:
  /// Deeper values are refused: they are cyclic, or made to exhaust the stack.
  static constexpr int kMaxDepth = 200;

  explicit Inward(ValueReader& reader) noexcept : reader_(reader) {}

  [[nodiscard]] ValueReader& reader() noexcept { return reader_; }

  /// Notes that `found` is not what was `expected` ("string"); answers false, to be returned.
  bool mismatch(std::string_view expected, ValueRef found);
  bool too_deep();

  /// On the way out of a failed member or element: where it was.
  bool in_member(std::string_view name);
  bool in_element(std::size_t index);

  /// Whether the failure was a mismatch; if not, the reader stopped.
  [[nodiscard]] bool mismatched() const noexcept { return mismatch_ != nullptr; }
  /// Of a mismatch, "tags[2]: expected string, found number"; the path is empty for the value itself.
  [[nodiscard]] const std::string& path() const noexcept { return mismatch_->path; }
  [[nodiscard]] const std::string& expected() const noexcept { return mismatch_->expected; }
  [[nodiscard]] const std::string& found() const noexcept { return mismatch_->found; }
  /// `invalid_argument`, or `size_limit` for what is nested too deeply.
  [[nodiscard]] Errc code() const noexcept { return mismatch_->code; }
  /// Forgets a mismatch, to try another type.
  void forget() noexcept { mismatch_.reset(); }

  /// Counts nesting; false at the limit, and then `leave` is not due.
  [[nodiscard]] bool enter() noexcept {
    if (depth_ == kMaxDepth) return false;
    ++depth_;
    return true;
  }
  void leave() noexcept { --depth_; }

 private:
  struct Mismatch {
    std::string path;
    std::string expected;
    std::string found;
    Errc code = Errc::invalid_argument;
  };

  ValueReader& reader_;
  int depth_ = 0;
  std::unique_ptr<Mismatch>
      mismatch_;  // made when needed: most conversions succeed, and every argument is one
};

}  // namespace cloche
