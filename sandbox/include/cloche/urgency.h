#pragma once

#include <cstdint>

namespace cloche {

/// Whether somebody waits for the answer of a call. An interactive call goes before all background work of its
/// worker, and interrupts it at once; what has computed for longer than `HostOptions::slice` is of the
/// background from then on, whatever it began as. Background work has a sixth of the worker at least, and all
/// that is left.
enum class Urgency : std::uint8_t { interactive, background };

}  // namespace cloche
