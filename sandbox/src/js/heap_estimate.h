#pragma once

#include "js/compat.h"

#include <memory>

namespace cloche::js {

/// Has V8 estimate, with its next full collection, what each realm of an isolate keeps on the heap; each plugin is
/// told of its own (Surroundings::heap_estimated), in a turn. Objects of the engine that no realm owns are nobody's. From
/// inside the isolate. `pending` is let go when they have been told, or when the isolate is gone.
void estimate_heaps(v8::Isolate* isolate, std::shared_ptr<void> pending);

}  // namespace cloche::js
