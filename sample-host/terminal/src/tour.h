#pragma once

#include "describe.h"
#include "workbench/workbench.h"

#include <filesystem>
#include <iosfwd>
#include <vector>

namespace workbench::terminal {

/// Shows all there is: the plugins, what each may do and why, every command on the documents of `root`, and
/// what was refused. There is at least one document. True when everything went as it should, the refused and
/// the contained plugin included.
bool show_tour(Workbench& bench, const Describer& describer, std::vector<Document> documents,
               std::ostream& out);

}  // namespace workbench::terminal
