#include <cloche/directory.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace cloche {
namespace {

namespace fs = std::filesystem;

struct Tree {
  fs::path path;
  Tree() {
    std::string name = (fs::temp_directory_path() / "cloche-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    fs::create_directories(path / "inside/sub");
    std::ofstream(path / "inside/sub/file") << "content";
    std::ofstream(path / "outside") << "hidden";
    fs::create_symlink("sub/file", path / "inside/good");
    fs::create_symlink("../outside", path / "inside/bad");
    fs::create_symlink(path / "inside/sub/file", path / "inside/absolute");
  }
  ~Tree() { fs::remove_all(path); }
  [[nodiscard]] Directory inside() const { return Directory::open(path / "inside").value(); }
};

TEST_CASE("files beneath the directory are read, through links that stay inside") {
  const Tree tree;
  const Directory directory = tree.inside();
  CHECK(directory.read_file("sub/file", 100).value() == "content");
  CHECK(directory.read_file("good", 100).value() == "content");
}

TEST_CASE("nothing leads outside") {
  const Tree tree;
  const Directory directory = tree.inside();
  for (const char* name : {"../outside", "bad", "absolute", "/etc/passwd", "sub/../../outside"}) {
    CHECK_MESSAGE(directory.read_file(name, 100).error().code() == Errc::not_capable, name);
  }
  CHECK(directory.read_file(std::string_view("sub/file\0x", 10), 100).error().code() ==
        Errc::invalid_argument);
}

TEST_CASE("what is too large or no regular file is refused") {
  const Tree tree;
  const Directory directory = tree.inside();
  CHECK(directory.read_file("sub/file", 7).has_value());
  CHECK(directory.read_file("sub/file", 6).error().code() == Errc::size_limit);
  CHECK(directory.read_file("sub", 100).error().code() == Errc::io);
  REQUIRE(::mkfifo((tree.path / "inside/pipe").c_str(), 0600) == 0);
  CHECK(directory.read_file("pipe", 100).error().code() == Errc::io);
}

TEST_CASE("errors call the file as they are told to") {
  const Tree tree;
  const Error error = tree.inside().open_beneath("none", O_RDONLY, 0, "$WORKSPACE/none").error();
  CHECK(error.message() == "cannot open '$WORKSPACE/none': No such file or directory");
}

}  // namespace
}  // namespace cloche
