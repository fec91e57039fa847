#pragma once

#include "describe.h"
#include "workbench/workbench.h"

#include <filesystem>
#include <iosfwd>
#include <vector>

namespace workbench::terminal {

/// Reads lines from `in` and does what they say until "quit" or the end.
void serve_lines(Workbench& bench, const Describer& describer, std::vector<Document> documents,
                 const std::filesystem::path& root, std::istream& in, std::ostream& out);

}  // namespace workbench::terminal
