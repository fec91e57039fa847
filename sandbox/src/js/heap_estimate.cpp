#include "js/heap_estimate.h"

#include "js/realm.h"

#include <utility>
#include <vector>

namespace cloche::js {
namespace {

class Estimate final : public v8::MeasureMemoryDelegate {
 public:
  explicit Estimate(std::shared_ptr<void> pending) : pending_(std::move(pending)) {}

  bool ShouldMeasure(v8::Local<v8::Context> context) override { return Realm::find(context) != nullptr; }

#if V8_MAJOR_VERSION >= 12
  void MeasurementComplete(Result result) override {
    for (std::size_t i = 0; i < result.contexts.size(); ++i)
      tell(result.contexts[i], result.sizes_in_bytes[i]);
  }
#else
  void MeasurementComplete(const std::vector<std::pair<v8::Local<v8::Context>, std::size_t>>& sizes,
                           std::size_t) override {
    for (const auto& [context, bytes] : sizes) tell(context, bytes);
  }
#endif

 private:
  // It may have been unloaded since.
  static void tell(v8::Local<v8::Context> context, std::size_t bytes) {
    if (Realm* realm = Realm::find(context)) realm->surroundings().heap_estimated(bytes);
  }

  std::shared_ptr<void> pending_;
};

}  // namespace

void estimate_heaps(v8::Isolate* isolate, std::shared_ptr<void> pending) {
  isolate->MeasureMemory(std::make_unique<Estimate>(std::move(pending)), v8::MeasureMemoryExecution::kLazy);
}

}  // namespace cloche::js
