#pragma once

// From a C++ callable to SyncFunction and AsyncFunction: its parameters are read through Convert, it is run
// behind one barrier that turns every way to fail into an Answer, and its result is written through Convert.

#include <boost/callable_traits/args.hpp>
#include <boost/callable_traits/return_type.hpp>
#include <cloche/convert.h>
#include <cloche/host_function.h>
#include <tuple>

namespace cloche::detail {

template <class T>
struct IsResult : std::false_type {
  using Value = T;
};
template <class T>
struct IsResult<Result<T>> : std::true_type {
  using Value = T;
};

/// The type an argument is kept in while the function runs.
template <class P>
using Kept = std::conditional_t<std::is_same_v<std::remove_cvref_t<P>, std::string_view>, std::string,
                                std::remove_cvref_t<P>>;

template <class Args>
struct Split {
  static constexpr bool kTakesCall = false;
  using Parameters = Args;
};
template <class... Rest>
struct Split<std::tuple<Call&, Rest...>> {
  static constexpr bool kTakesCall = true;
  using Parameters = std::tuple<Rest...>;
};

template <class Tuple>
struct KeptTuple;
template <class... Ps>
struct KeptTuple<std::tuple<Ps...>> {
  using type = std::tuple<Kept<Ps>...>;
};

template <class F>
struct Signature {
  using Split = detail::Split<boost::callable_traits::args_t<F>>;
  using Arguments = typename KeptTuple<typename Split::Parameters>::type;
  using Returned = boost::callable_traits::return_type_t<F>;
  using Value = std::remove_cvref_t<typename IsResult<Returned>::Value>;
  static constexpr std::size_t kCount = std::tuple_size_v<Arguments>;
};

/// The TypeError of an argument that does not fit.
Error argument_error(const FunctionInfo& info, std::size_t index, const Inward& in);
/// What a host function that threw becomes, called while its exception is handled. An Error keeps its code
/// and text; any other text is for the host's eyes, as the cause, and the plugin is told only that the
/// function failed.
Error current_exception_error(const FunctionInfo& info);

template <std::size_t I, class Arguments>
bool read_from(const FunctionInfo& info, Invocation& invocation, Arguments& out, Answer& failure) {
  if constexpr (I == std::tuple_size_v<Arguments>) {
    return true;
  } else {
    Inward in(invocation.reader);
    if (Convert<std::tuple_element_t<I, Arguments>>::read(in, invocation.argument(I), std::get<I>(out))) {
      return read_from<I + 1>(info, invocation, out, failure);
    }
    failure = in.mismatched() ? Answer::failed(argument_error(info, I, in)) : Answer::threw();
    return false;
  }
}

template <class F>
auto invoke(F& f, Call& call, typename Signature<F>::Arguments& arguments) {
  return std::apply(
      [&](auto&... values) -> typename Signature<F>::Returned {
        if constexpr (Signature<F>::Split::kTakesCall) {
          return f(call, std::move(values)...);
        } else {
          return f(std::move(values)...);
        }
      },
      arguments);
}

template <class T>
Answer written(ValueWriter& writer, const T& value) {
  using Plain = std::remove_cvref_t<T>;
  constexpr bool small_integer =
      std::is_integral_v<Plain> && !std::is_same_v<Plain, bool> && sizeof(Plain) <= 4;
  if constexpr (std::is_floating_point_v<Plain> || small_integer) {
    return Answer::of(static_cast<double>(value));
  } else {
    const ValueRef ref = Convert<Plain>::write(writer, value);
    return writer.failed() ? Answer::threw() : Answer::of(ref);
  }
}

template <class T>
Answer answer_of(ValueWriter& writer, const Result<T>& result) {
  if (!result) return Answer::failed(result.error());
  if constexpr (std::is_void_v<T>) {
    return Answer::of(writer.undefined());
  } else {
    return written(writer, *result);
  }
}

/// Runs f and writes what it gives.
template <class F>
Answer run_and_write(const FunctionInfo& info, F& f, Call& call, typename Signature<F>::Arguments& arguments,
                     ValueWriter& writer) {
  if (!call.live()) return Answer::failed(call.revoked());  // while its arguments were read
  using Returned = typename Signature<F>::Returned;
  try {
    if constexpr (std::is_void_v<Returned>) {
      invoke(f, call, arguments);
      return Answer::of(writer.undefined());
    } else if constexpr (IsResult<Returned>::value) {
      return answer_of(writer, invoke(f, call, arguments));
    } else {
      return written(writer, invoke(f, call, arguments));
    }
  } catch (...) {
    return Answer::failed(current_exception_error(info));
  }
}

/// Runs f and keeps what it gives.
template <class F>
Result<typename Signature<F>::Value> run_and_keep(const FunctionInfo& info, F& f, Call& call,
                                                  typename Signature<F>::Arguments& arguments) {
  try {
    if constexpr (std::is_void_v<typename Signature<F>::Returned>) {
      invoke(f, call, arguments);
      return {};
    } else {
      return invoke(f, call, arguments);
    }
  } catch (...) {
    return current_exception_error(info);
  }
}

template <class F>
class TypedSync final : public SyncFunction {
 public:
  TypedSync(std::shared_ptr<const FunctionInfo> info, F f) : info_(std::move(info)), f_(std::move(f)) {}

  Answer call(Invocation& invocation, Call& call) const override {
    typename Signature<F>::Arguments arguments;
    Answer failure;
    if (!read_from<0>(*info_, invocation, arguments, failure)) return failure;
    return run_and_write(*info_, f_, call, arguments, invocation.writer);
  }

 private:
  std::shared_ptr<const FunctionInfo> info_;
  mutable F f_;
};

template <class F>
class TypedPending final : public PendingCall {
 public:
  using Sig = Signature<F>;
  TypedPending(std::shared_ptr<const FunctionInfo> info, F& f) : info_(std::move(info)), f_(f) {}

  [[nodiscard]] typename Sig::Arguments& arguments() noexcept { return arguments_; }
  void run(Call& call) override { result_.emplace(run_and_keep(*info_, f_, call, arguments_)); }
  Answer answer(ValueWriter& writer) override { return answer_of(writer, *result_); }
  [[nodiscard]] std::optional<Error> failure() const override {
    if (*result_) return std::nullopt;
    return result_->error();
  }

 private:
  std::shared_ptr<const FunctionInfo> info_;
  F& f_;
  typename Sig::Arguments arguments_;
  std::optional<Result<typename Sig::Value>> result_;
};

template <class F>
class TypedAsync final : public AsyncFunction {
 public:
  TypedAsync(std::shared_ptr<const FunctionInfo> info, F f) : info_(std::move(info)), f_(std::move(f)) {}

  Answer prepare(Invocation& invocation, std::unique_ptr<PendingCall>& out) const override {
    auto pending = std::make_unique<TypedPending<F>>(info_, f_);
    Answer failure;
    if (!read_from<0>(*info_, invocation, pending->arguments(), failure)) return failure;
    out = std::move(pending);
    return {};
  }

 private:
  std::shared_ptr<const FunctionInfo> info_;
  mutable F f_;
};

template <class F>
std::string result_type() {
  using T = typename Signature<F>::Value;
  if constexpr (std::is_void_v<T>) {
    return "void";
  } else {
    return Convert<T>::type();
  }
}

template <class F>
std::vector<std::string> parameter_types() {
  std::vector<std::string> types;
  [&]<class... Ts>(std::type_identity<std::tuple<Ts...>>) {
    (types.push_back(Convert<Ts>::type()), ...);
  }(std::type_identity<typename Signature<F>::Arguments>{});
  return types;
}

}  // namespace cloche::detail
