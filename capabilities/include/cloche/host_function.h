#pragma once

#include <cloche/boundary.h>
#include <cloche/call.h>
#include <cloche/result.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace cloche {

/// What people and editors are told of a function.
struct FunctionInfo {
  struct Parameter {
    std::string name;
    std::string type;  ///< as TypeScript writes it
  };
  std::string name;
  std::vector<Parameter> parameters;
  std::string result;  ///< as TypeScript writes it, without the Promise of an asynchronous one
  std::string summary;
  bool async = false;
};

/// The arguments of one call where they are, and the means to make the answer.
struct Invocation {
  ValueReader& reader;
  ValueWriter& writer;
  std::span<const ValueRef> arguments;

  [[nodiscard]] ValueRef argument(std::size_t index) const noexcept {
    return index < arguments.size() ? arguments[index] : ValueRef{};
  }
};

/// How a call ended: with a value, with an error to be thrown in the plugin, or because the plugin's own code
/// threw while its arguments were read.
struct Answer {
  enum class Kind : std::uint8_t { value, number, error, threw };
  Kind kind = Kind::value;
  ValueRef value;
  double number = 0;  ///< kept out of the writer's heap: an engine has quicker ways to return one
  Error error;

  static Answer of(ValueRef value) { return {Kind::value, value, 0, {}}; }
  static Answer of(double number) { return {Kind::number, {}, number, {}}; }
  static Answer failed(Error error) { return {Kind::error, {}, 0, std::move(error)}; }
  static Answer threw() { return {Kind::threw, {}, 0, {}}; }

  [[nodiscard]] bool good() const noexcept { return kind == Kind::value || kind == Kind::number; }
  /// Of a good answer: the value, made by the writer that made the answer.
  [[nodiscard]] ValueRef made(ValueWriter& writer) const {
    return kind == Kind::number ? writer.number(number) : value;
  }
};

/// A host function that answers before it returns. Shared by all plugins that hold it, so `call` may run on
/// several threads.
class SyncFunction {
 public:
  virtual ~SyncFunction() = default;
  [[nodiscard]] virtual Answer call(Invocation& invocation, Call& call) const = 0;
};

/// One asynchronous call, with copies of its arguments.
class PendingCall {
 public:
  virtual ~PendingCall() = default;
  /// Does the work, away from the plugin's values.
  virtual void run(Call& call) = 0;
  /// Afterwards: makes the answer.
  [[nodiscard]] virtual Answer answer(ValueWriter& writer) = 0;
  /// Afterwards: with what error it ended, if any.
  [[nodiscard]] virtual std::optional<Error> failure() const = 0;
};

/// A host function that answers later, on a fiber of its own.
class AsyncFunction {
 public:
  virtual ~AsyncFunction() = default;
  /// Reads the arguments. On failure `out` stays empty and the Answer says why.
  [[nodiscard]] virtual Answer prepare(Invocation& invocation, std::unique_ptr<PendingCall>& out) const = 0;
};

struct HostFunction {
  FunctionInfo info;
  std::variant<std::unique_ptr<SyncFunction>, std::unique_ptr<AsyncFunction>> body;
};

}  // namespace cloche
