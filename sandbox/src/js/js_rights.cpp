// What an instance holds, and how that changes while it runs.

#include "js/js_instance.h"
#include "rights/rights_desk.h"

#include <algorithm>
#include <utility>

namespace cloche::js {

// What is shut here is shut at once, whatever the plugin does.
void JsInstance::revoke(std::string_view pattern) {
  for (const auto& each : parts_.bindings.holdings().all()) {
    Holding* const holding = each.get();
    if (!holding->granted() || !capability_matches(pattern, holding->capability())) continue;
    if (parts_.bindings.is_implicit(*holding)) continue;
    holding->shut(Permission::denied);
    post([this, holding] {
      holding->end_leases();
      parts_.bindings.holdings().tell(*holding);
      note_change(*holding, AuditEvent::Kind::revoke);
    });
  }
}

Future<Permission> JsInstance::request(std::string_view capability) {
  const auto& rights = parts_.rights;
  auto question = rights->ask(shared_from_this(), capability);
  if (!question.answer.ready()) {
    worker_.loop.timers().add(loop::after(loop::Clock::now(), rights->patience()),
                              [rights, ticket = question.ticket] { rights->time_out(ticket); });
  }
  return std::move(question.answer);
}

// On the worker's thread at once: who asked goes on when it has the answer.
void JsInstance::regrant(Grants grants) {
  run_or_post([this, grants = std::move(grants)] {
    for (const Decision& decision : grants.decisions) adopt(decision, grants.find(decision.capability));
    await_expiry();
  });
}

// Grants end by the calendar, timers fire by the steady clock: who comes too early comes again.
void JsInstance::await_expiry() {
  using Calendar = std::chrono::system_clock;
  worker_.loop.timers().cancel(expiry_timer_);
  const auto when = parts_.rights->next_expiry();
  if (when == Calendar::time_point::max()) return;
  constexpr std::chrono::hours kLongest{24};
  const auto delay = std::min<Duration>(when - Calendar::now() + std::chrono::milliseconds(1), kLongest);
  expiry_timer_ = worker_.loop.timers().add(loop::after(loop::Clock::now(), delay), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->regrant(self->parts_.rights->resolve_for(*self));
  });
}

void JsInstance::adopt(const Decision& decision, const Grant* grant) {
  Holding* const holding = parts_.bindings.holdings().find(decision.capability);
  if (holding == nullptr) return;
  const bool granted = holding->granted();
  if (grant == nullptr) {
    parts_.bindings.take(decision.capability, decision.prompt ? Permission::prompt : Permission::denied);
    if (granted) note_change(*holding, AuditEvent::Kind::revoke);
  } else if (!granted || !same_scope(holding->grant(), *grant)) {
    const auto given = parts_.bindings.give(*grant);
    if (!given) return log(LogLevel::error, to_string(given.error()));
    note_change(*holding, AuditEvent::Kind::grant);
  }
}

// Has `job` run on the worker's thread, unless the instance is closing.
void JsInstance::post(std::function<void()> job) {
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) >= State::closing) return;
  worker_.loop.post(
      [self = shared_from_this(), job = std::move(job)] {
        if (self->state_.load(std::memory_order_relaxed) < State::closing) job();
      },
      loop::Rank::interactive);
}

void JsInstance::run_or_post(std::function<void()> job) {
  if (loop::Loop::current() != &worker_.loop) return post(std::move(job));
  if (state_.load(std::memory_order_relaxed) < State::closing) job();
}

void JsInstance::note_change(const Holding& holding, AuditEvent::Kind kind) {
  if (parts_.audit == nullptr || !parts_.audit->wants(kind)) return;
  AuditEvent event;
  event.kind = kind;
  event.time = std::chrono::system_clock::now();
  event.plugin = info().id;
  event.version = info().version;
  event.capability = holding.capability();
  parts_.audit->record(event);
}

// What outlived the calls it was got in does not outlive the instance.
void JsInstance::end_holdings() {
  for (const auto& holding : parts_.bindings.holdings().all()) {
    holding->shut(Permission::denied);
    holding->end_leases();
  }
}

}  // namespace cloche::js
