#pragma once

#include <optional>
#include <string>

namespace cloche::bench {

/// What one idle instance holds in memory, in MiB: "cloche" or "v8". Meant for a process that has done nothing
/// else; -1 for any other name.
double measure_resident(const std::string& subject);

/// The same, measured in a new process of this program; nothing when that failed.
std::optional<double> resident_in_child(const std::string& subject);

}  // namespace cloche::bench
