#include "trace_file.h"

#include <fstream>

namespace cloche::cli {

void TraceFile::add_option(CLI::App& verb) {
  verb.add_option("--trace", path_,
                  "Write what ran when to FILE, in the Trace Event Format: open it at ui.perfetto.dev")
      ->type_name("FILE");
}

std::shared_ptr<TraceRecorder> TraceFile::recorder() {
  if (!path_.empty() && !recorder_) recorder_ = std::make_shared<TraceRecorder>();
  return recorder_;
}

Result<void> TraceFile::write() const {
  if (!recorder_) return {};
  std::ofstream file(path_, std::ios::binary);
  recorder_->write(file);
  file.close();
  if (!file) return Error(Errc::io, "cannot write the trace to '" + path_ + "'");
  return {};
}

}  // namespace cloche::cli
