#include "js/handle.h"

#include "list_call.h"

namespace cloche::js {
Future<Value> Handle::call(std::vector<Value> arguments) {
  ListCall call(std::make_shared<const std::vector<Value>>(std::move(arguments)));
  auto future = call.future();
  if (const auto instance = instance_.lock()) {
    instance->call_kept(id_, name_, call);
  } else {
    call.fail({Errc::unloaded, "the plugin of the function '" + name_ + "' was unloaded"});
  }
  return future;
}

}  // namespace cloche::js
