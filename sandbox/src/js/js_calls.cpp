// The calls of an instance: from where they come in to where their answer goes out.

#include "js/js_instance.h"

#include "js/errors.h"
#include "js/realm.h"
#include "js/writer.h"
#include "metered_call.h"

#include <algorithm>
#include <array>
#include <cloche/text.h>
#include <cloche/units.h>
#include <utility>

namespace cloche::js {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

constexpr loop::Rank rank_of(Urgency urgency) {
  return urgency == Urgency::background ? loop::Rank::background : loop::Rank::interactive;
}

}  // namespace

void JsInstance::call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) {
  MeteredCall metered(usage(), name, outgoing);
  submit(options, {Target::Kind::call_export, name, 0}, metered);
}

void JsInstance::read_export(std::string_view name, detail::Outgoing& outgoing) {
  MeteredCall metered(usage(), name, outgoing);
  submit({}, {Target::Kind::read_export, name, 0}, metered);
}

void JsInstance::call_kept(std::uint64_t id, std::string_view name, detail::Outgoing& outgoing) {
  MeteredCall metered(usage(), name, outgoing);
  submit({}, {Target::Kind::call_kept, {}, id}, metered);
}

// On the worker's thread an idle instance answers at once, and a host function calls back into its own plugin,
// or another one in the same isolate, on the stack it is on.
void JsInstance::submit(const CallOptions& options, const Target& target, detail::Outgoing& outgoing) {
  const State state = state_.load(std::memory_order_relaxed);
  if (state < State::closing && loop::Loop::current() == &worker_.loop) {
    const bool inside = runner_.current();
    if (inside && home_->inside() == this) return answer_nested(target, outgoing);
    if (inside && state == State::ready) catch_up();
    if (state == State::ready && (inside || (!runner_.active() && turns_.empty()))) {
      const Budget budget{std::min(options.cpu, limits().cpu_per_call),
                          std::min(options.wall, limits().wall_per_call),
                          loop::TimePoint::max(),
                          {&share_, rank_of(options.urgency)}};
      const int again = inside && home_->has_below(*this) ? 1 : 0;
      nested_ += again;
      stay(budget, [&](const Entered& in) { perform(in, target, outgoing, nullptr); });
      nested_ -= again;
      if (!inside) runner_.charge_sample();
      return worker_.loop.refresh_wake_handle();
    }
  }
  submit_from_afar(options, target, outgoing.to_heap(true));
}

void JsInstance::answer_nested(const Target& target, detail::Outgoing& outgoing) {
  const v8::HandleScope handle_scope(runner_.isolate());
  ++nested_;
  perform({runner_.isolate(), runner_.isolate()->GetCurrentContext()}, target, outgoing, nullptr);
  --nested_;
}

// Visited by another of its group, which may wait for the answer on the stack that its turns wait for: they go
// first, in their order, unless its own code is on that stack.
void JsInstance::catch_up() {
  if (home_->has_below(*this)) return;
  for (std::size_t left = turns_.size(); left > 0 && !turns_.empty(); --left) take_turn();
}

void JsInstance::submit_from_afar(const CallOptions& options, const Target& target,
                                  std::shared_ptr<detail::Outgoing> heap) {
  const auto call = waiting_call(options, target, std::move(heap));
  auto refused = post_call(call);
  if (!refused) return;
  if (refused->code() == Errc::mailbox_limit) usage().hit(Limit::mailbox);
  call->outgoing->fail(std::move(*refused));
}

std::optional<Error> JsInstance::queue(const QueuedCall& call) {
  const auto kind =
      call.kind == QueuedCall::Kind::read_export ? Target::Kind::read_export : Target::Kind::call_export;
  return post_call(waiting_call(call.options, {kind, call.name, 0}, call.outgoing));
}

std::shared_ptr<JsInstance::WaitingCall> JsInstance::waiting_call(
    const CallOptions& options, const Target& target, std::shared_ptr<detail::Outgoing> heap) const {
  auto call = std::make_shared<WaitingCall>();
  call->outgoing = std::move(heap);
  call->name = target.name;
  call->target = {target.kind, call->name, target.id};
  call->when_full = options.when_full;
  call->cpu = std::min(options.cpu, limits().cpu_per_call);
  call->rank = rank_of(options.urgency);
  call->deadline = loop::after(loop::Clock::now(), std::min(options.wall, limits().wall_per_call));
  return call;
}

// A call that waits outside goes before whatever comes after it, so nothing enters while one does.
std::optional<Error> JsInstance::post_call(const std::shared_ptr<WaitingCall>& call) {
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) >= State::closing) return closing_;
  const bool full = queued_.load(std::memory_order_relaxed) >= limits().mailbox ||
                    waiting_outside_.load(std::memory_order_relaxed) > 0;
  if (full && call->when_full == WhenFull::refuse) {
    return Error(Errc::mailbox_limit, "the plugin '" + info().id + "' has " +
                                          std::to_string(limits().mailbox) + " calls waiting already");
  }
  (full ? waiting_outside_ : queued_).fetch_add(1, std::memory_order_relaxed);
  worker_.loop.post(
      [self = shared_from_this(), call, full] { full ? self->wait_outside(call) : self->queue_call(call); },
      call->rank);
  return std::nullopt;
}

void JsInstance::wait_outside(std::shared_ptr<WaitingCall> call) {
  if (state_.load(std::memory_order_relaxed) >= State::closing)
    return call->outgoing->fail(not_ready_error());
  usage().hit(Limit::mailbox);
  watch_deadline(call);
  outside_.push_back(std::move(call));
  admit_waiting();  // room may have been made meanwhile
}

// Into the mailbox, oldest first, what there is room for; one whose time is over has been answered.
void JsInstance::admit_waiting() {
  const std::scoped_lock lock(gate_);
  while (!outside_.empty() && queued_.load(std::memory_order_relaxed) < limits().mailbox) {
    auto call = std::move(outside_.front());
    outside_.pop_front();
    waiting_outside_.fetch_sub(1, std::memory_order_relaxed);
    if (call->over) continue;
    queued_.fetch_add(1, std::memory_order_relaxed);
    add_turn(TurnSource::mailbox, {{}, std::move(call)});
  }
}

void JsInstance::queue_call(std::shared_ptr<WaitingCall> call) {
  if (state_.load(std::memory_order_relaxed) >= State::closing)
    return call->outgoing->fail(not_ready_error());
  watch_deadline(call);
  add_turn(TurnSource::mailbox, {{}, std::move(call)});
}

void JsInstance::watch_deadline(const std::shared_ptr<WaitingCall>& call) {
  if (call->deadline == loop::TimePoint::max()) return;
  call->timer = worker_.loop.deadlines().add(
      call->deadline, [this, weak = weak_from_this(), late = std::weak_ptr(call)] {
        const auto self = weak.lock();
        const auto waiting = late.lock();
        if (!self || !waiting) return;
        waiting->over = true;
        const bool runs = std::ranges::find(performing_, waiting->outgoing.get()) != performing_.end();
        runs ? runner_.stop(Errc::wall_limit) : usage().hit(Limit::wall_per_call);
        waiting->outgoing->fail(limit_error(Errc::wall_limit));
        std::erase_if(waiting_, [&](const auto& entry) { return entry.second == waiting; });
        work_.notify();
      });
}

// The time of what waits on the plugin's own stack, in a host function, is over: its callers need not wait
// for it any longer.
void JsInstance::on_overdue() {
  home_->stop(*this, Errc::wall_limit);
  for (detail::Outgoing* outgoing : performing_) outgoing->fail(limit_error(Errc::wall_limit));
}

void JsInstance::perform(const Entered& in, const Target& target, detail::Outgoing& outgoing,
                         const std::shared_ptr<WaitingCall>& call) {
  performing_.push_back(&outgoing);
  {
    const v8::TryCatch caught(in.isolate);
    auto value = produce(in, target, outgoing, caught);
    if (value && nested_ == 0) world_->realm->run_microtasks();
    if (runner_.stop_reason()) {
      outgoing.fail(limit_error(*runner_.stop_reason()));
    } else if (!value) {
      outgoing.fail(value.error());
    } else {
      settle(in, outgoing, call, *value, caught);
    }
  }
  performing_.pop_back();
}

Result<v8::Local<v8::Value>> JsInstance::produce(const Entered& in, const Target& target,
                                                 detail::Outgoing& outgoing, const v8::TryCatch& caught) {
  switch (target.kind) {
    case Target::Kind::call_export: {
      auto function = exported_function(in, target.name);
      if (!function) return function.error();
      return call_function(in, *function, outgoing, caught);
    }
    case Target::Kind::call_kept: return call_function(in, world_->realm->kept(target.id), outgoing, caught);
    case Target::Kind::read_export: {
      const auto names = world_->realm->modules().exports(in, parts_.main);
      v8::Local<v8::Value> value;
      if (!names->Get(in.context, make_string(in.isolate, target.name)).ToLocal(&value))
        return failure(in, caught);
      return value;
    }
    case Target::Kind::run_main: {
      auto evaluation = world_->realm->modules().run(in, parts_.main);
      if (!evaluation) return evaluation.error();
      return v8::Local<v8::Value>(*evaluation);
    }
  }
  return Error(Errc::internal, "unknown kind of call");
}

Result<v8::Local<v8::Value>> JsInstance::call_function(const Entered& in, v8::Local<v8::Function> function,
                                                       detail::Outgoing& outgoing,
                                                       const v8::TryCatch& caught) {
  Writer writer(in.isolate, world_->realm->boundary());
  const std::span<const ValueRef> refs = outgoing.write_arguments(writer);
  if (writer.failed()) {
    return writer.failure("the arguments are larger than the " + format_size(limits().message) +
                          " this plugin may receive at once, or nested too deeply");
  }
  constexpr std::size_t kFew = 8;
  std::array<v8::Local<v8::Value>, kFew> few;
  std::vector<v8::Local<v8::Value>> many(refs.size() > kFew ? refs.size() : 0);
  v8::Local<v8::Value>* arguments = many.empty() ? few.data() : many.data();
  std::ranges::transform(refs, arguments, to_local);
  v8::Local<v8::Value> value;
  const auto receiver = v8::Undefined(in.isolate);
  if (function->Call(in.context, receiver, static_cast<int>(refs.size()), arguments).ToLocal(&value))
    return value;
  return failure(in, caught);
}

// An export's binding is read once: a plugin that assigns to an exported function later does not change what
// its host calls.
Result<v8::Local<v8::Function>> JsInstance::exported_function(const Entered& in, std::string_view name) {
  const auto known = world_->functions.find(name);
  if (known != world_->functions.end()) return known->second.Get(in.isolate);
  const v8::TryCatch caught(in.isolate);
  const auto names = world_->realm->modules().exports(in, parts_.main);
  const auto key = make_string(in.isolate, name);
  v8::Local<v8::Value> value;
  if (!names->HasOwnProperty(in.context, key).FromMaybe(false)) {
    return Error(Errc::no_such_export, "the plugin '" + info().id + "' exports no '" + std::string(name) +
                                           "'; it exports " + list_of(exports()));
  }
  if (!names->Get(in.context, key).ToLocal(&value)) return failure(in, caught);
  if (!value->IsFunction()) {
    return Error(Errc::no_such_export,
                 "the export '" + std::string(name) + "' of '" + info().id + "' is no function");
  }
  world_->functions[std::string(name)].Reset(in.isolate, value.As<v8::Function>());
  return value.As<v8::Function>();
}

void JsInstance::settle(const Entered& in, detail::Outgoing& outgoing,
                        const std::shared_ptr<WaitingCall>& call, v8::Local<v8::Value> value,
                        const v8::TryCatch& caught) {
  if (!value->IsPromise()) return deliver(in, outgoing, value, caught);
  const auto promise = value.As<v8::Promise>();
  switch (promise->State()) {
    case v8::Promise::kFulfilled: return deliver(in, outgoing, promise->Result(), caught);
    case v8::Promise::kRejected:
      world_->realm->rejections().handle(promise);
      return outgoing.fail(to_error(in, promise->Result(), {}));
    case v8::Promise::kPending: break;
  }
  if (call) return await(in, call, promise);
  auto detached = std::make_shared<WaitingCall>();
  detached->outgoing = outgoing.to_heap(false);
  detached->deadline = runner_.deadline();
  watch_deadline(detached);
  await(in, std::move(detached), promise);
}

void JsInstance::await(const Entered& in, std::shared_ptr<WaitingCall> call, v8::Local<v8::Promise> promise) {
  const std::uint64_t id = ++last_waiting_;
  const auto data = v8::Number::New(in.isolate, static_cast<double>(id));
  const auto on_value = [](const v8::FunctionCallbackInfo<v8::Value>& info) { on_settled(info, true); };
  const auto on_error = [](const v8::FunctionCallbackInfo<v8::Value>& info) { on_settled(info, false); };
  const v8::TryCatch caught(in.isolate);
  v8::Local<v8::Function> fulfil;
  v8::Local<v8::Function> reject;
  const bool made = v8::Function::New(in.context, on_value, data).ToLocal(&fulfil) &&
                    v8::Function::New(in.context, on_error, data).ToLocal(&reject) &&
                    !promise->Then(in.context, fulfil, reject).IsEmpty();
  if (!made)
    return call->outgoing->fail(failure(in, caught));  // the plugin's own code chooses what `then` makes
  call->pending = true;
  waiting_.emplace(id, std::move(call));
}

void JsInstance::on_settled(const v8::FunctionCallbackInfo<v8::Value>& info, bool fulfilled) {
  const Entered in{info.GetIsolate(), info.GetIsolate()->GetCurrentContext()};
  auto& instance = static_cast<JsInstance&>(Realm::of(in.context).surroundings());
  const auto id = static_cast<std::uint64_t>(info.Data().As<v8::Number>()->Value());
  const auto found = instance.waiting_.find(id);
  if (found == instance.waiting_.end()) return;  // its deadline passed
  const auto call = std::move(found->second);
  instance.waiting_.erase(found);
  instance.worker_.loop.deadlines().cancel(call->timer);
  if (fulfilled) {
    const v8::TryCatch caught(in.isolate);
    instance.deliver(in, *call->outgoing, info[0], caught);
  } else {
    call->outgoing->fail(to_error(in, info[0], {}));
  }
}

void JsInstance::deliver(const Entered& in, detail::Outgoing& outgoing, v8::Local<v8::Value> value,
                         const v8::TryCatch& caught) {
  if (state_.load(std::memory_order_relaxed) == State::loading) become_ready(in);
  Reader reader(in.isolate, world_->realm->boundary());
  Inward inward(reader);
  if (outgoing.read_result(inward, to_ref(value))) return;
  if (inward.mismatched()) {
    const std::string where = inward.path().empty() ? "the result" : "the result's " + inward.path();
    return outgoing.fail(
        {inward.code(), where + ": expected " + inward.expected() + ", found " + inward.found()});
  }
  if (reader.too_large()) {
    return outgoing.fail({Errc::size_limit, "the result is larger than the " + format_size(limits().message) +
                                                " this plugin may send at once"});
  }
  outgoing.fail(failure(in, caught));
}

// The main module ran to its end: the plugin is loaded.
void JsInstance::become_ready(const Entered& in) {
  const auto names = world_->realm->modules().exports(in, parts_.main);
  v8::Local<v8::Array> keys;
  std::vector<std::string> exports;
  if (names->GetOwnPropertyNames(in.context).ToLocal(&keys)) {
    for (std::uint32_t i = 0; i < keys->Length(); ++i) {
      exports.push_back(to_utf8(in.isolate, keys->Get(in.context, i).ToLocalChecked()));
    }
  }
  {
    const std::scoped_lock lock(gate_);
    if (state_.load(std::memory_order_relaxed) != State::loading) return;
    exports_ = std::move(exports);
    state_.store(State::ready);
  }
  told_loaded_ = true;
  if (parts_.observer) parts_.observer->loaded(info());
}

Error JsInstance::failure(const Entered& in, const v8::TryCatch& caught) {
  if (caught.HasTerminated() || !caught.HasCaught())
    return limit_error(runner_.stop_reason().value_or(Errc::cancelled));
  return to_error(in, caught.Exception(), caught.Message());
}

Error JsInstance::limit_error(Errc reason) const {
  switch (reason) {
    case Errc::cpu_limit: return {reason, "the call computed for longer than it may"};
    case Errc::wall_limit: return {reason, "the call took longer than it may"};
    case Errc::heap_limit: return {reason, "the plugin's heap grew beyond " + format_size(limits().heap)};
    case Errc::unloaded: return not_ready_error();
    default: return {reason, "the call was ended"};
  }
}

Error JsInstance::not_ready_error() const {
  const std::scoped_lock lock(gate_);
  return closing_.value_or(Error(Errc::unloaded, "the plugin '" + info().id + "' is not loaded"));
}

}  // namespace cloche::js
