#include "findings.h"

#include <string>
#include <utility>

namespace cloche::cli {

void Findings::add(const Error& error) {
  findings_.push_back(error);
  for (const Error& other : error.more()) findings_.push_back(other);
}

ExitCode Findings::tell(const Report& report) const {
  Array findings;
  std::string text;
  for (const Error& error : findings_) {
    findings.push_back(to_document(error));
    text += to_string(error) + "\n";
  }
  if (empty()) text = std::to_string(files_) + (files_ == 1 ? " file is valid\n" : " files are valid\n");
  const Value document = Object{{"files", static_cast<double>(files_)}, {"findings", std::move(findings)}};
  return report.tell(document, text, empty() ? ExitCode::done : ExitCode::invalid);
}

}  // namespace cloche::cli
