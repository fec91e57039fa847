// What an audited call waits for: the copy of its event into the log's memory.

#include <cloche/audit_log.h>
#include <filesystem>
#include <stdexcept>

#include "measure.h"

namespace cloche::bench {
namespace {

std::filesystem::path temporary_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "cloche-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  return name;
}

AuditEvent sample() {
  AuditEvent event;
  event.time = std::chrono::system_clock::now();
  event.plugin = "com.acme.git-helper";
  event.version = "2.3.0";
  event.capability = "fs.read";
  event.function = "readText";
  event.subject = "$WORKSPACE/sources/main.cpp";
  event.rule = "path $WORKSPACE/**";
  event.duration = std::chrono::microseconds(40);
  return event;
}

// Batches fit the memory for events that wait, and end with a flush outside of the measured time.
Figure audit_record() {
  constexpr std::size_t kEvents = 4000;
  const std::filesystem::path folder = temporary_folder();
  std::vector<double> rounds;
  {
    const auto log =
        AuditLog::open({.file = folder / "audit.jsonl", .max_size = 1U << 20, .keep = 1}).value();
    const AuditEvent event = sample();
    for (int round = 0; round < 41; ++round) {
      rounds.push_back(seconds([&] {
                         for (std::size_t i = 0; i < kEvents; ++i) log->record(event);
                       }) /
                       kEvents * 1e9);
      log->flush().value();
    }
  }
  std::filesystem::remove_all(folder);
  return {"audit_record", median(rounds), "ns", {}};
}

}  // namespace

std::vector<Case> audit_cases() { return {{"audit_record", audit_record}}; }

}  // namespace cloche::bench
