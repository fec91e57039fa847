#include <cloche/function.h>

#include <cloche/value.h>

namespace cloche {

Future<Value> Function::operator()(std::vector<Value> arguments) const {
  if (!target_)
    return Result<Value>(Error(Errc::unloaded, "this handle names no function of a loaded plugin"));
  return target_->call(std::move(arguments));
}

}  // namespace cloche
