// Asking a user on a terminal.
#include <cloche/consent.h>
#include <cloche/directory.h>
#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <tuple>
#include <unistd.h>

using namespace cloche;

namespace {

/// What a user types, and what they see.
class Terminal {
 public:
  Terminal() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    in_ = FileDescriptor(ends[0]);
    keys_ = FileDescriptor(ends[1]);
  }
  void type(const std::string& text) const {
    REQUIRE(::write(keys_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void hang_up() { keys_ = FileDescriptor(); }
  [[nodiscard]] int in() const noexcept { return in_.get(); }
  std::ostringstream out;

 private:
  FileDescriptor in_;
  FileDescriptor keys_;
};

ConsentRequest request() {
  ConsentRequest request;
  request.text.plugin = "Git Helper";
  request.text.id = "com.acme.git-helper";
  request.text.version = "1.0.0";
  request.text.capability = "net.fetch";
  request.text.allows = {"url https://api.example.com/*"};
  return request;
}

}  // namespace

TEST_CASE("a question is shown, and what is typed is the answer") {
  Terminal terminal;
  {
    const auto consent = terminal_consent(terminal.in(), terminal.out);
    CHECK(consent->present());
    for (const auto& [typed, allowed, lifetime] :
         {std::tuple("o\n", true, Policy::Lifetime::once),
          std::tuple("session\n", true, Policy::Lifetime::session),
          std::tuple("a\n", true, Policy::Lifetime::always),
          std::tuple("n\n", false, Policy::Lifetime::session),
          std::tuple("what?\nnever\n", false, Policy::Lifetime::always)}) {
      terminal.type(typed);
      const auto answer = consent->ask(request()).get().value();
      CHECK(answer.allowed == allowed);
      CHECK(answer.lifetime == lifetime);
    }
  }
  CHECK(terminal.out.str().find("https://api.example.com/*") != std::string::npos);
}

TEST_CASE("questions are asked one after another, and when the input ends nobody is there") {
  Terminal terminal;
  const auto consent = terminal_consent(terminal.in(), terminal.out);
  auto first = consent->ask(request());
  auto second = consent->ask(request());
  terminal.type("a\n");
  CHECK(first.get().value().allowed);
  terminal.hang_up();
  CHECK(second.get().error().code() == Errc::cancelled);
  CHECK_FALSE(consent->present());
}

TEST_CASE("a question that is open when the host ends is dropped") {
  Terminal terminal;
  auto consent = terminal_consent(terminal.in(), terminal.out);
  auto answer = consent->ask(request());
  consent.reset();
  CHECK(answer.get().error().code() == Errc::cancelled);
}

TEST_CASE("where nobody is, nobody can be asked") {
  const auto nobody = no_consent();
  CHECK_FALSE(nobody->present());
  CHECK(nobody->ask(request()).get().error().code() == Errc::not_supported);
}
