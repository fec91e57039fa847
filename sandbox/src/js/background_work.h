#pragma once

#include "js/compat.h"

#include <memory>

namespace cloche::js {

/// V8's work on threads of its own, charged to the account of whoever posts it, and not begun any more once that isolate is
/// dead. What belongs to no isolate comes back as it is.
[[nodiscard]] std::unique_ptr<v8::Task> on_account(std::unique_ptr<v8::Task> task);
[[nodiscard]] std::unique_ptr<v8::JobTask> on_account(std::unique_ptr<v8::JobTask> job);

}  // namespace cloche::js
