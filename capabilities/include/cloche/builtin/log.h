#pragma once

#include <cloche/log_sink.h>
#include <cloche/registry.h>

namespace cloche {

/// `log`: trace, debug, info, warn and error, each with a message and, if wanted, an object of fields,
/// written as `key=value` after it. They go to `sink`.
void define_log(Registry& registry, std::shared_ptr<LogSink> sink);

}  // namespace cloche
