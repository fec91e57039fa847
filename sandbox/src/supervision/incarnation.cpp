#include "supervision/incarnation.h"

#include "supervision/slot.h"

namespace cloche::supervision {

void Incarnation::crashed(const Error& error) {
  crash_ = error;
  slot_->on_crash(*this, error);
}

void Incarnation::limited(Errc limit) { slot_->on_limit(*this, limit); }

// It holds the instance, which holds it.
void Incarnation::gone() {
  instance_.reset();
  slot_->on_gone();
}

}  // namespace cloche::supervision
