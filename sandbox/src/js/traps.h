#pragma once

namespace cloche::js {

/// Has traps that a plugin's stack runs into (an engine that gives up by an illegal instruction, a hit on the
/// stack's guard, a fault) end that plugin and not the process: the thread goes on in Runner::give_up. Every
/// other signal goes to the handler that was there before. Counts for the process, until somebody else installs a
/// handler of his own that does not pass on what it does not know. Any thread.
///
/// A host function that faults while it runs on the plugin's stack ends the plugin as well. No destructor of
/// what is on that stack runs.
void contain_traps();

}  // namespace cloche::js
