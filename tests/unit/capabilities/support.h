#pragma once

#include <cloche/bindings.h>
#include <cloche/thread_services.h>
#include <cloche/value_boundary.h>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace cloche::testing {

/// A capability granted whole: every layer says everything.
inline Grant whole(std::string capability) {
  ScopeSet everything;
  everything.everything = true;
  return {std::move(capability), {std::move(everything)}, {}};
}

inline Grants grants_of(std::vector<Grant> granted) {
  Grants grants;
  grants.plugin = "com.acme.test";
  grants.version = "1.0.0";
  grants.granted = std::move(granted);
  return grants;
}

/// Calls bound functions with plain values, as an engine would: copies in, runs, copies out.
class Caller {
 public:
  explicit Caller(Bindings bindings) : bindings_(std::move(bindings)) {}

  /// Binds `registry` for a plugin named `id`.
  static Result<Caller> make(std::shared_ptr<const Registry> registry, Grants grants,
                             std::string id = "com.acme.test") {
    auto bindings = bind(std::move(registry), std::move(grants), PluginInfo{std::move(id), "Test", "1.0.0"});
    if (!bindings) return bindings.error();
    return Caller(std::move(*bindings));
  }

  [[nodiscard]] Bindings& bindings() noexcept { return bindings_; }
  [[nodiscard]] ThreadServices& services() noexcept { return *services_; }

  Result<Value> operator()(std::string_view module, std::string_view function,
                           std::vector<Value> arguments = {}) {
    const BoundModule* found = bindings_.find(module);
    const BoundFunction* bound = found == nullptr ? nullptr : found->find(function);
    if (bound == nullptr) return Error(Errc::no_such_export, "no such function");
    return call(*bound, arguments, *services_);
  }

  /// The same for a function that somebody has got hold of; `notes` is what it tells the audit.
  static Result<Value> call(const BoundFunction& bound, const std::vector<Value>& arguments,
                            CallServices& services, Call::Notes* notes = nullptr) {
    PlainReader reader;
    PlainWriter writer;
    std::vector<ValueRef> refs;
    for (const Value& argument : arguments) refs.push_back(PlainReader::ref(argument));
    Invocation invocation{reader, writer, refs};
    if (!bound.holding->granted()) return not_capable(*bound.holding);
    Call made = bound.call(services);
    made.keep_notes(notes);
    const Answer answer = run(*bound.function, invocation, made);
    if (!made.live()) return made.revoked();
    if (answer.kind == Answer::Kind::error) return answer.error;
    if (answer.kind == Answer::Kind::threw) return Error(Errc::threw, "the reader stopped");
    return writer.value(answer.made(writer));
  }

 private:
  static Answer run(const HostFunction& function, Invocation& invocation, Call& call) {
    if (const auto* sync = std::get_if<std::unique_ptr<SyncFunction>>(&function.body)) {
      return (*sync)->call(invocation, call);
    }
    std::unique_ptr<PendingCall> pending;
    Answer failure = std::get<std::unique_ptr<AsyncFunction>>(function.body)->prepare(invocation, pending);
    if (!pending) return failure;
    pending->run(call);
    return pending->answer(invocation.writer);
  }

  Bindings bindings_;
  std::unique_ptr<ThreadServices> services_ = std::make_unique<ThreadServices>();
};

/// A FunctionTarget that answers with the number of its arguments.
class CountingTarget final : public FunctionTarget {
 public:
  explicit CountingTarget(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] Future<Value> call(std::vector<Value> arguments) override {
    return Result<Value>(Value(static_cast<double>(arguments.size())));
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  std::string name_;
};

/// A plugin's function that keeps the first of what it is called with, and answers at once or when it is told to.
class Ear final : public FunctionTarget {
 public:
  [[nodiscard]] Future<Value> call(std::vector<Value> arguments) override {
    heard.push_back(std::move(arguments.at(0)));
    if (refuses) return Result<Value>(Error(Errc::mailbox_limit, "full"));
    if (answers) return Result<Value>(Value());
    return waiting.emplace_back().future();
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

  std::vector<Value> heard;
  std::vector<Promise<Value>> waiting;
  bool answers = true;
  bool refuses = false;

 private:
  std::string name_ = "ear";
};

}  // namespace cloche::testing

namespace cloche {

// What doctest shows of a check that failed.
inline std::ostream& operator<<(std::ostream& out, const Value& value) { return out << inspect(value); }
inline std::ostream& operator<<(std::ostream& out, const Error& error) { return out << to_string(error); }

}  // namespace cloche
