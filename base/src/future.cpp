#include <cloche/future.h>

#include <condition_variable>

namespace cloche {
namespace {

class BlockingParker final : public Parker {
 public:
  void park(const Parking& arm) override {
    // Shared with the waker, who may still be inside notify when this frame is gone.
    struct Gate {
      std::mutex mutex;
      std::condition_variable opened;
      bool open = false;
    };
    auto gate = std::make_shared<Gate>();
    arm([gate] {
      const std::scoped_lock lock(gate->mutex);
      gate->open = true;
      gate->opened.notify_one();
    });
    std::unique_lock lock(gate->mutex);
    gate->opened.wait(lock, [&] { return gate->open; });
  }
};

thread_local Parker* t_parker = nullptr;

}  // namespace

Parker& this_thread_parker() noexcept {
  static BlockingParker blocking;
  return t_parker != nullptr ? *t_parker : blocking;
}

Parker* exchange_thread_parker(Parker* parker) noexcept { return std::exchange(t_parker, parker); }

}  // namespace cloche
