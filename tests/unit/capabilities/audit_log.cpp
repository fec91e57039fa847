#include <cloche/audit_log.h>
#include <cloche/json.h>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>
#include <thread>

#include "support.h"
#include "temporary_folder.h"

namespace cloche {
namespace {

using testing::TemporaryFolder;

AuditEvent event(std::string_view subject) {
  AuditEvent event;
  event.time = std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'000'042));
  event.plugin = "com.acme.test";
  event.version = "1.0.0";
  event.capability = "fs.read";
  event.function = "readText";
  event.subject = subject;
  event.duration = std::chrono::microseconds(7);
  return event;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::shared_ptr<AuditLog> open(const TemporaryFolder& folder, AuditLogOptions options = {}) {
  options.file = folder.path() / "audit.jsonl";
  return AuditLog::open(std::move(options)).value();
}

TEST_CASE("an event is one line of JSON, and what was recorded before a flush is in the file") {
  const TemporaryFolder folder;
  const auto log = open(folder);
  AuditEvent denied = event("$WORKSPACE/b");
  denied.kind = AuditEvent::Kind::deny;
  denied.rule = "path $WORKSPACE/**";
  denied.outcome = Errc::not_capable;
  AuditEvent granted;
  granted.kind = AuditEvent::Kind::grant;
  granted.plugin = "com.acme.test";
  granted.capability = "fs.read";
  log->record(event("$WORKSPACE/a"));
  log->record(denied);
  log->record(granted);
  REQUIRE(log->flush());
  const auto written = lines(folder.get("audit.jsonl"));
  REQUIRE(written.size() == 3);
  CHECK(
      written[0] ==
      R"({"time":"2023-11-14T22:13:20.000042Z","event":"allow","plugin":"com.acme.test","version":"1.0.0",)"
      R"("capability":"fs.read","function":"readText","subject":"$WORKSPACE/a","duration_us":7,"outcome":"ok"})");
  CHECK(written[1].find(R"("rule":"path $WORKSPACE/**","duration_us":7,"outcome":"not_capable"})") !=
        std::string::npos);
  CHECK(
      written[2] ==
      R"({"time":"1970-01-01T00:00:00.000000Z","event":"grant","plugin":"com.acme.test","capability":"fs.read"})");
}

TEST_CASE("no text makes a second line or deceives a terminal, and a long one is cut") {
  const TemporaryFolder folder;
  const auto log = open(folder);
  log->record(event("a\nb\x1b[31m\u202e\x7f\xff\"\\"));
  log->record(event(std::string(10'000, 'x')));
  REQUIRE(log->flush());
  const auto written = lines(folder.get("audit.jsonl"));
  REQUIRE(written.size() == 2);
  for (const char c : written[0]) CHECK((c >= 0x20 && c < 0x7f));
  const Value whole = parse_json(written[0]).value();
  CHECK(*whole.find("subject") == Value("a\nb\x1b[31m\u202e\x7f\uFFFD\"\\"));
  CHECK(parse_json(written[1]).value().find("subject")->as<std::string>()->size() == 4096);
}

TEST_CASE("only the wanted kinds are recorded, and an unknown one is refused") {
  const TemporaryFolder folder;
  AuditLogOptions options;
  options.events = {"deny", "revoke"};
  const auto log = open(folder, options);
  CHECK(log->wants(AuditEvent::Kind::deny));
  CHECK_FALSE(log->wants(AuditEvent::Kind::allow));
  log->record(event("a"));
  REQUIRE(log->flush());
  CHECK(folder.get("audit.jsonl").empty());
  options.events = {"denied"};
  options.file = folder.path() / "other.jsonl";
  CHECK(AuditLog::open(options).error().code() == Errc::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(options.file));
}

TEST_CASE("the file is its owner's, is added to, and a line that a crash cut short is ended") {
  const TemporaryFolder folder;
  folder.put("audit.jsonl", "{\"time\":\"20");
  { open(folder)->record(event("a")); }
  { open(folder)->record(event("b")); }
  const auto written = lines(folder.get("audit.jsonl"));
  REQUIRE(written.size() == 3);
  CHECK(parse_json(written[1]).value().find("subject")->as<std::string>()->front() == 'a');
  CHECK(parse_json(written[2]).value().find("subject")->as<std::string>()->front() == 'b');
  struct stat status {};
  REQUIRE(::stat((folder.path() / "audit.jsonl").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a full file is put aside, and the oldest of those goes") {
  const TemporaryFolder folder;
  AuditLogOptions options;
  options.max_size = 450;  // two lines
  options.keep = 2;
  const auto log = open(folder, options);
  for (int i = 0; i < 9; ++i) {
    log->record(event(std::to_string(i)));
    REQUIRE(log->flush());
  }
  const auto subjects = [&](const char* name) {
    std::string all;
    for (const std::string& line : lines(folder.get(name)))
      all += *parse_json(line).value().find("subject")->as<std::string>();
    return all;
  };
  CHECK(subjects("audit.jsonl") == "8");
  CHECK(subjects("audit.jsonl.1") == "67");
  CHECK(subjects("audit.jsonl.2") == "45");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "audit.jsonl.3"));
}

TEST_CASE("two logs that add to one file lose nothing, whichever puts it aside") {
  const TemporaryFolder folder;
  AuditLogOptions options;
  options.max_size = 4000;
  options.keep = 100;
  constexpr int kEach = 200;
  const auto add = [&](const char* name) {
    const auto log = open(folder, options);
    for (int i = 0; i < kEach; ++i) {
      log->record(event(name));
      if (i % 3 == 0) CHECK(log->flush());
    }
  };
  std::thread other([&] { add("other"); });
  add("one");
  other.join();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    for (const std::string& line : lines(folder.get(entry.path().filename())))
      count += parse_json(line) ? 1 : 0;
  }
  CHECK(count == 2 * kEach);
}

TEST_CASE("what does not fit is dropped, and how much is told") {
  const TemporaryFolder folder;
  AuditLogOptions options;
  options.waiting = 1000;
  const auto log = open(folder, options);
  log->record(event(std::string(2000, 'x')));
  log->record(event(std::string(2000, 'x')));
  log->record(event("fits"));
  REQUIRE(log->flush());
  std::uint64_t dropped = 0;
  std::size_t fitted = 0;
  for (const std::string& line : lines(folder.get("audit.jsonl"))) {
    const Value value = parse_json(line).value();
    if (const Value* count = value.find("count")) dropped += static_cast<std::uint64_t>(*count->as<double>());
    if (value.find("subject") != nullptr) ++fitted;
  }
  CHECK(dropped == 2);
  CHECK(fitted == 1);
}

TEST_CASE("many threads record at once, and each event is there once") {
  const TemporaryFolder folder;
  const auto log = open(folder);
  constexpr int kThreads = 4;
  constexpr int kEach = 1000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&log, name = std::to_string(t)] {
      for (int i = 0; i < kEach; ++i) log->record(event(name));
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(log->flush());
  double count = 0;
  for (const std::string& line : lines(folder.get("audit.jsonl"))) {
    const Value value = parse_json(line).value();
    const Value* dropped = value.find("count");
    count += dropped == nullptr ? 1 : *dropped->as<double>();
  }
  CHECK(count == kThreads * kEach);
}

TEST_CASE("a file that cannot be written is told once, and nothing is lost by it") {
  const TemporaryFolder folder;
  std::atomic<int> told = 0;
  AuditLogOptions options;
  options.failed = [&](const Error& error) {
    CHECK(error.code() == Errc::io);
    ++told;
  };
  const auto log = open(folder, options);
  const auto file = folder.path() / "audit.jsonl";
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  log->record(event("a"));
  CHECK(log->flush().error().code() == Errc::io);
  log->record(event("b"));
  CHECK(log->flush().error().code() == Errc::io);
  std::filesystem::remove(file);
  REQUIRE(log->flush());
  CHECK(lines(folder.get("audit.jsonl")).size() == 2);
  CHECK(told == 1);
  CHECK(AuditLog::open({.file = folder.path()}).error().code() == Errc::io);
}

TEST_CASE("a child neither writes the log of its parent nor hangs at its end") {
  const TemporaryFolder folder;
  auto log = open(folder);
  log->record(event("parent"));
  const pid_t child = ::fork();
  if (child == 0) {
    log->record(event("child"));
    const bool refused = !log->flush();
    log.reset();
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  log.reset();
  CHECK(lines(folder.get("audit.jsonl")).size() == 1);
}

}  // namespace
}  // namespace cloche
