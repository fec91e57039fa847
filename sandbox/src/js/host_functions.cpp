#include "js/host_functions.h"

#include "call_audit.h"
#include "js/errors.h"
#include "js/realm.h"
#include "js/runner.h"
#include "js/services.h"
#include "js/writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace cloche::js {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// The arguments of one JavaScript call, copied out of V8's frame.
class Arguments {
 public:
  explicit Arguments(const Info& info) noexcept
      : count_(std::min<std::size_t>(static_cast<std::size_t>(info.Length()), kMost)) {
    for (std::size_t i = 0; i < count_; ++i) refs_[i] = to_ref(info[static_cast<int>(i)]);
  }
  [[nodiscard]] std::span<const ValueRef> refs() const noexcept { return {refs_.data(), count_}; }

 private:
  static constexpr std::size_t kMost = 16;  // no host function has more parameters
  union {
    std::array<ValueRef, kMost>
        refs_;  // in a union, so that what is not used is not cleared: this runs at every call
  };
  std::size_t count_;
};

// A small integer is stored without a call into the library; -0 is none.
void return_number(v8::ReturnValue<v8::Value> out, double number) {
  constexpr double kMost = 1 << 30;
  const bool small = number > -kMost && number < kMost;
  const auto integer = static_cast<std::int32_t>(small ? number : 0);
  if (small &&
      std::bit_cast<std::uint64_t>(static_cast<double>(integer)) == std::bit_cast<std::uint64_t>(number)) {
    out.Set(integer);
  } else {
    out.Set(number);
  }
}

// What is thrown for an answer that is none. When the plugin's own code threw while it was read, that is
// under way already.
void throw_failure(const Entered& in, const Answer& answer, const Reader& reader, const Writer& writer) {
  const char* const text = "the value is larger than this plugin may pass at once";
  if (answer.kind == Answer::Kind::error) {
    in.isolate->ThrowException(to_exception(in, answer.error));
  } else if (reader.too_large()) {
    in.isolate->ThrowException(to_exception(in, {Errc::size_limit, text}));
  } else if (writer.failed()) {
    in.isolate->ThrowException(to_exception(in, writer.failure(text)));
  }
}

// Counts a call of a host function; throws and answers false when it is one too many.
bool admit(v8::Isolate* isolate, Usage& usage, RateLimit& rate) {
  usage.host_calls.add();
  if (rate.take()) [[likely]]
    return true;
  usage.hit(Limit::host_calls_per_second);
  const std::string text =
      "host functions may be called " + std::to_string(rate.per_second()) + " times a second";
  isolate->ThrowException(to_exception({isolate, isolate->GetCurrentContext()}, {Errc::rate_limit, text}));
  return false;
}

// The same for one more asynchronous call.
bool admit_pending(v8::Isolate* isolate, Surroundings& around) {
  if (around.under_way() < around.limits().pending) return true;
  around.usage().hit(Limit::pending);
  const std::string text = "no more than " + std::to_string(around.limits().pending) +
                           " asynchronous calls may be under way at once";
  isolate->ThrowException(to_exception({isolate, isolate->GetCurrentContext()}, {Errc::pending_limit, text}));
  return false;
}

// One asynchronous call between its promise and its fiber.
struct Pending {
  std::unique_ptr<PendingCall> call;
  std::optional<Error> refused;  // it did not run, or what it did counts no more
  v8::Global<v8::Promise::Resolver> resolver;
};

// Inside the realm again: settles the promise with what the host function came to.
void settle(Realm& realm, v8::Isolate* isolate, Pending& pending) {
  const v8::HandleScope handle_scope(isolate);
  const auto context = realm.context(isolate);
  const Entered in{isolate, context};
  const auto resolver = pending.resolver.Get(isolate);
  Writer writer(isolate, realm.boundary());
  const Answer answer = pending.refused ? Answer::failed(*pending.refused) : pending.call->answer(writer);
  if (answer.good()) {
    resolver->Resolve(context, to_local(answer.made(writer))).FromMaybe(false);
  } else {
    const Error error = answer.kind == Answer::Kind::error
                            ? answer.error
                            : writer.failure("the result is larger than this plugin may receive at once");
    resolver->Reject(context, to_exception(in, error)).FromMaybe(false);
  }
}

}  // namespace

HostFunctions::Slot::Slot(Realm& its_realm, const BoundFunction& its_bound)
    : realm(its_realm),
      boundary(realm.boundary()),
      services(realm.surroundings().sync_services()),
      audit(realm.surroundings().audit()),
      usage(realm.surroundings().usage()),
      rate(realm.surroundings().host_call_rate()),
      bound(its_bound) {
  const auto* sync_body = std::get_if<std::unique_ptr<SyncFunction>>(&bound.function->body);
  if (sync_body != nullptr) sync = sync_body->get();
}

v8::Local<v8::Function> HostFunctions::get(const Entered& in, const BoundFunction& bound) {
  auto& slot = slots_[&bound];
  if (!slot) slot = std::make_unique<Slot>(realm_, bound);
  if (!slot->function.IsEmpty()) return slot->function.Get(in.isolate);
  const FunctionInfo& info = bound.function->info;
  const auto function =
      v8::Function::New(in.context, info.async ? call_async : call_sync,
                        v8::External::New(in.isolate, slot.get()), static_cast<int>(info.parameters.size()),
                        v8::ConstructorBehavior::kThrow)
          .ToLocalChecked();
  function->SetName(make_name(in.isolate, info.name));
  function->SetIntegrityLevel(in.context, v8::IntegrityLevel::kFrozen).Check();
  slot->function.Reset(in.isolate, function);
  return function;
}

// Where it is not granted: has the user asked, if that may be; waits for that on the calling fiber.
std::optional<Error> HostFunctions::ask_for(const Slot& slot) {
  const auto& [function, plugin, holdings, holding] = slot.bound;
  const auto state = holdings->request(holding->capability()).get();
  if (state && holding->granted()) return std::nullopt;
  Error error = not_capable(*holding);
  if (slot.audit != nullptr) CallAudit(*slot.audit, slot.bound).end(&error);
  return error;
}

Answer HostFunctions::run(const Slot& slot, Invocation& invocation, Call& call) {
  Call* const outer = slot.services.exchange_call(&call);
  Answer answer = slot.sync->call(invocation, call);
  slot.services.exchange_call(outer);
  if (!call.live()) [[unlikely]]
    answer = Answer::failed(call.revoked());
  return answer;
}

Answer HostFunctions::run_audited(const Slot& slot, Invocation& invocation, Call& call) {
  CallAudit audit(*slot.audit, slot.bound);
  audit.listen(call);
  Answer answer = run(slot, invocation, call);
  audit.end(answer.kind == Answer::Kind::error ? &answer.error : nullptr);
  return answer;
}

// On a fiber of its own.
void HostFunctions::run(const Slot& slot, CallServices& services, PendingCall& pending,
                        std::optional<Error>& refused) {
  if (!slot.bound.holding->granted()) {
    refused = ask_for(slot);
    if (refused) return;
  }
  Call call = slot.bound.call(services);
  std::optional<CallAudit> audit;
  if (slot.audit != nullptr) audit.emplace(*slot.audit, slot.bound).listen(call);
  auto& under_way = slot.realm.surroundings().worker().host_functions;
  const void* const fiber = loop::Loop::fiber();
  under_way.emplace(fiber, &call);
  pending.run(call);
  under_way.erase(fiber);
  if (!call.live()) refused = call.revoked();
  if (!audit) return;
  const auto failure = refused ? refused : pending.failure();
  audit->end(failure ? &*failure : nullptr);
}

void HostFunctions::call_sync(const Info& info) {
  Slot& slot = *static_cast<Slot*>(info.Data().As<v8::External>()->Value());
  v8::Isolate* isolate = info.GetIsolate();
  if (!admit(isolate, slot.usage, slot.rate)) return;
  if (!slot.bound.holding->granted()) [[unlikely]] {
    const auto error = ask_for(slot);
    if (error && !slot.bound.holding->ignored())
      isolate->ThrowException(to_exception({isolate, isolate->GetCurrentContext()}, *error));
    if (error) return;
  }
  const Arguments arguments(info);
  Reader reader(isolate, slot.boundary);
  Writer writer(isolate, slot.boundary);
  Invocation invocation{reader, writer, arguments.refs()};
  Call call = slot.bound.call(slot.services);
  const Answer answer =
      slot.audit == nullptr ? run(slot, invocation, call) : run_audited(slot, invocation, call);
  if (answer.kind == Answer::Kind::number) {
    return_number(info.GetReturnValue(), answer.number);
  } else if (answer.kind == Answer::Kind::value) {
    info.GetReturnValue().Set(to_local(answer.value));
  } else {
    throw_failure({isolate, isolate->GetCurrentContext()}, answer, reader, writer);
  }
}

void HostFunctions::refuse_async(const Slot& slot, const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const auto context = isolate->GetCurrentContext();
  const auto error = ask_for(slot);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  if (slot.bound.holding->ignored() || !error) {
    resolver->Resolve(context, v8::Undefined(isolate)).FromMaybe(false);
  } else {
    resolver->Reject(context, to_exception({isolate, context}, *error)).FromMaybe(false);
  }
  info.GetReturnValue().Set(resolver->GetPromise());
}

void HostFunctions::call_async(const Info& info) {
  Slot& slot = *static_cast<Slot*>(info.Data().As<v8::External>()->Value());
  v8::Isolate* isolate = info.GetIsolate();
  const auto context = isolate->GetCurrentContext();
  Surroundings& around = slot.realm.surroundings();
  if (!admit(isolate, slot.usage, slot.rate) || !admit_pending(isolate, around)) return;
  if (slot.bound.holding->state() == Permission::denied) [[unlikely]]
    return refuse_async(slot, info);
  const Arguments arguments(info);
  Reader reader(isolate, slot.boundary);
  Writer writer(isolate, slot.boundary);
  Invocation invocation{reader, writer, arguments.refs()};
  auto pending = std::make_shared<Pending>();
  const auto& function = *std::get<std::unique_ptr<AsyncFunction>>(slot.bound.function->body);
  const Answer failure = function.prepare(invocation, pending->call);
  if (!pending->call) return throw_failure({isolate, context}, failure, reader, writer);

  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  pending->resolver.Reset(isolate, resolver);
  info.GetReturnValue().Set(resolver->GetPromise());
  around.spawn([&slot, isolate, pending](CallServices& services) {
    run(slot, services, *pending->call, pending->refused);
    slot.realm.surroundings().enqueue(TurnSource::host,
                                      [&slot, isolate, pending] { settle(slot.realm, isolate, *pending); });
  });
}

}  // namespace cloche::js
