#include "resident.h"

#include "subject.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <libplatform/libplatform.h>
#include <malloc.h>
#include <memory>
#include <thread>
#include <unistd.h>
#include <v8.h>
#include <vector>

namespace cloche::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kInstances = 200;
constexpr std::size_t kFirst = 10;  // what the process itself needs comes with these

double resident_mib() {
  ::malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

constexpr std::string_view kWarmSource = R"(
export function warm() {
  function pair(a) { return { a, b: [a] } }
  let sum = 0;
  for (let i = 0; i < 20000; i++) sum += pair(i).a;
  return sum;
}
)";

// Each has computed, and has then had nothing to do until memory came back no more.
double idle_instance() {
  Host host = make_host({.policy = Policy::grant_all(), .idle_after = 100ms});
  std::vector<Plugin> plugins;
  double before = 0;
  for (std::size_t i = 0; i < kInstances; ++i) {
    if (i == kFirst) {
      std::this_thread::sleep_for(2s);
      before = resident_mib();
    }
    plugins.push_back(load(host, kWarmSource, {}));
    static_cast<void>(plugins.back().call<double>("warm").get().value());
  }
  double least = resident_mib();
  for (int unchanged = 0; unchanged < 4; ++unchanged) {
    std::this_thread::sleep_for(500ms);
    const double now = resident_mib();
    if (now < least - 0.1) unchanged = 0;
    least = std::min(least, now);
  }
  return (least - before) / static_cast<double>(kInstances - kFirst);
}

// An isolate with a context in which nothing has run, on V8's own platform.
double bare_isolate() {
  const auto platform = v8::platform::NewDefaultPlatform();
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  const std::unique_ptr<v8::ArrayBuffer::Allocator> buffers(
      v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  std::vector<std::unique_ptr<v8::Global<v8::Context>>> contexts;
  double before = 0;
  for (std::size_t i = 0; i < kInstances; ++i) {
    if (i == kFirst) before = resident_mib();
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = buffers.get();
    v8::Isolate* isolate = v8::Isolate::New(params);
    const v8::Isolate::Scope isolate_scope(isolate);
    const v8::HandleScope handle_scope(isolate);
    contexts.push_back(std::make_unique<v8::Global<v8::Context>>(isolate, v8::Context::New(isolate)));
  }
  const double each = (resident_mib() - before) / static_cast<double>(kInstances - kFirst);
  for (auto& context : contexts) static_cast<void>(context.release());  // the process ends with its isolates
  return each;
}

}  // namespace

double measure_resident(const std::string& subject) {
  if (subject == "cloche") return idle_instance();
  if (subject == "v8") return bare_isolate();
  return -1;
}

std::optional<double> resident_in_child(const std::string& subject) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "'" + program + "' --measure-resident " + subject;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> child(::popen(command.c_str(), "r"), ::pclose);
  double each = 0;
  if (!child || std::fscanf(child.get(), "%lf", &each) != 1) return std::nullopt;
  return each;
}

}  // namespace cloche::bench
