#include <cloche/consent.h>

#include <condition_variable>
#include <deque>
#include <istream>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
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

class TerminalConsent final : public Consent {
 public:
  TerminalConsent(std::istream& in, std::ostream& out) : in_(in), out_(out), thread_([this] { serve(); }) {}
  TerminalConsent(const TerminalConsent&) = delete;
  TerminalConsent& operator=(const TerminalConsent&) = delete;
  ~TerminalConsent() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  [[nodiscard]] bool present() const noexcept override { return true; }

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
    std::string line;
    do {
      out_ << kChoices << std::flush;
      if (!std::getline(in_, line)) return Error(Errc::cancelled, "nobody answered: the input has ended");
    } while (!answer_of(line));
    return *answer_of(line);
  }

  std::istream& in_;
  std::ostream& out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question> questions_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::shared_ptr<Consent> no_consent() { return std::make_shared<NoConsent>(); }

std::shared_ptr<Consent> terminal_consent(std::istream& in, std::ostream& out) {
  return std::make_shared<TerminalConsent>(in, out);
}

}  // namespace cloche
