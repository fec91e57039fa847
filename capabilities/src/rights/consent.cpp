#include <cloche/consent.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cloche/directory.h>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <ostream>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cloche {
namespace {

class NoConsent final : public Consent {
 public:
  [[nodiscard]] bool present() const noexcept override { return false; }
  [[nodiscard]] Future<ConsentAnswer> ask(const ConsentRequest&) override {
    return Result<ConsentAnswer>(Error(Errc::not_supported, "nobody can be asked"));
  }
};

constexpr std::string_view kChoices = "Allow it? [o]nce, for this [s]ession, [a]lways, [n]o, ne[v]er: ";

std::optional<ConsentAnswer> answer_of(const std::string& line) {
  using Lifetime = Policy::Lifetime;
  if (line == "o" || line == "once") return ConsentAnswer{true, Lifetime::once};
  if (line == "s" || line == "session") return ConsentAnswer{true, Lifetime::session};
  if (line == "a" || line == "always") return ConsentAnswer{true, Lifetime::always};
  if (line == "n" || line == "no") return ConsentAnswer{false, Lifetime::session};
  if (line == "v" || line == "never") return ConsentAnswer{false, Lifetime::always};
  return std::nullopt;
}

/// Lines of a descriptor, for one thread; another may end the waiting for the next.
class Lines {
 public:
  explicit Lines(int descriptor) : descriptor_(descriptor), stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!stop_) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  void stop() const noexcept { ::eventfd_write(stop_.get(), 1); }

  /// Nothing when the input has ended, or `stop` was called.
  std::optional<std::string> next() {
    for (;;) {
      const auto end = text_.find('\n');
      if (end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      if (!read_more()) return std::nullopt;
    }
  }

 private:
  bool read_more() {
    std::array<pollfd, 2> set{{{descriptor_, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (::poll(set.data(), set.size(), -1) < 0) {
      if (errno != EINTR) return false;
    }
    if (set[1].revents != 0) return false;
    std::array<char, 256> bytes{};
    const auto count = ::read(descriptor_, bytes.data(), bytes.size());
    if (count > 0) text_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  const int descriptor_;
  FileDescriptor stop_;
  std::string text_;
};

class TerminalConsent final : public Consent {
 public:
  TerminalConsent(int in, std::ostream& out) : lines_(in), out_(out), thread_([this] { serve(); }) {}
  TerminalConsent(const TerminalConsent&) = delete;
  TerminalConsent& operator=(const TerminalConsent&) = delete;
  ~TerminalConsent() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    lines_.stop();
    thread_.join();
  }

  [[nodiscard]] bool present() const noexcept override { return !ended_.load(); }

  [[nodiscard]] Future<ConsentAnswer> ask(const ConsentRequest& request) override {
    Promise<ConsentAnswer> answer;
    auto future = answer.future();
    {
      const std::scoped_lock lock(mutex_);
      questions_.push_back({to_string(request.text), std::move(answer)});
    }
    changed_.notify_all();
    return future;
  }

 private:
  struct Question {
    std::string text;
    Promise<ConsentAnswer> answer;
  };

  void serve() {
    while (auto question = next()) question->answer.settle(put(question->text));
  }

  std::optional<Question> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || !questions_.empty(); });
    if (stopping_) return std::nullopt;
    Question question = std::move(questions_.front());
    questions_.pop_front();
    return question;
  }

  // What is not understood is asked again, until the input ends.
  Result<ConsentAnswer> put(const std::string& text) {
    out_ << '\n' << text;
    for (;;) {
      out_ << kChoices << std::flush;
      const auto line = lines_.next();
      if (!line) break;
      if (const auto answer = answer_of(*line)) return *answer;
    }
    ended_ = true;
    return Error(Errc::cancelled, "nobody answered: the input has ended");
  }

  Lines lines_;
  std::ostream& out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question> questions_;  // under mutex_, as is
  bool stopping_ = false;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace

std::shared_ptr<Consent> no_consent() { return std::make_shared<NoConsent>(); }

std::shared_ptr<Consent> terminal_consent(int in, std::ostream& out) {
  return std::make_shared<TerminalConsent>(in, out);
}

}  // namespace cloche
