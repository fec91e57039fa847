#include "result_text.h"
#include "samples.h"

#include <cloche/package.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

// A folder of its own for one test, with a plugin inside it and a secret beside that.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "cloche-package-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
    fs::create_directory(plugin());
    write("main.js", "export const x = 1;");
    std::ofstream(root_ / "secret.js") << "secret";
  }
  ~Folder() { fs::remove_all(root_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] fs::path root() const { return root_; }
  [[nodiscard]] fs::path plugin() const { return root_ / "plugin"; }
  void write(const std::string& name, std::string_view text) const {
    fs::create_directories((plugin() / name).parent_path());
    std::ofstream(plugin() / name, std::ios::binary) << text;
  }
  void manifest(std::string_view main) const {
    write("plugin.yaml",
          "manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: " + std::string(main) + "\n");
  }

 private:
  fs::path root_;
};

cloche::Error refused(const Folder& folder) {
  const auto package = cloche::Package::open(folder.plugin());
  REQUIRE_FALSE(package);
  CHECK(package.error().code() == cloche::Errc::manifest_invalid);
  REQUIRE(package.error().where());
  CHECK(package.error().where()->file == (folder.plugin() / "plugin.yaml").string());
  return package.error();
}

}  // namespace

TEST_CASE("a plugin's folder is opened and its files are read") {
  const Folder folder;
  folder.manifest("main.js");
  folder.write("lib/a.js", "a");
  const auto package = cloche::Package::open(folder.plugin());
  REQUIRE(package);
  CHECK(package->manifest().id == "com.acme.x");
  CHECK(package->read("main.js").value() == "export const x = 1;");
  CHECK(package->read("lib/a.js").value() == "a");
  CHECK(package->read("lib/../main.js").value() == "export const x = 1;");
  CHECK(package->read("missing.js").error().code() == cloche::Errc::io);
  CHECK(package->read("../secret.js").error().code() == cloche::Errc::not_capable);
  CHECK(package->read((folder.root() / "secret.js").string()).error().code() == cloche::Errc::not_capable);
  CHECK(package->read("main.js", 3).error().code() == cloche::Errc::size_limit);
}

TEST_CASE("a main that is not a file of the package is refused at its line") {
  const Folder folder;
  const auto refuse = [&](std::string_view main) {
    CAPTURE(main);
    folder.manifest(main);
    const cloche::Error error = refused(folder);
    CHECK(error.where()->line == 4);
    CHECK(error.where()->column == 7);
  };
  refuse("../secret.js");
  refuse((folder.root() / "secret.js").string());
  refuse("missing.js");
  fs::create_symlink("../secret.js", folder.plugin() / "link.js");
  refuse("link.js");
  fs::create_symlink(folder.root() / "secret.js", folder.plugin() / "absolute.js");
  refuse("absolute.js");
  fs::create_directory_symlink("..", folder.plugin() / "up");
  refuse("up/secret.js");
  fs::create_symlink("self.js", folder.plugin() / "self.js");
  refuse("self.js");
  fs::create_directory(folder.plugin() / "dir.js");
  refuse("dir.js");
  REQUIRE(::mkfifo((folder.plugin() / "fifo.js").c_str(), 0600) == 0);
  refuse("fifo.js");
  fs::create_symlink("/dev/zero", folder.plugin() / "device.js");
  refuse("device.js");
  fs::create_symlink("/proc/self/exe", folder.plugin() / "magic.js");
  refuse("magic.js");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder.plugin() / "socket.js").string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  refuse("socket.js");
  ::close(socket);
}

TEST_CASE("a link that stays inside is followed") {
  const Folder folder;
  fs::create_symlink("main.js", folder.plugin() / "inside.js");
  folder.manifest("inside.js");
  CHECK(cloche::Package::open(folder.plugin()));
}

TEST_CASE("a manifest that cannot be read is told with its name") {
  const Folder folder;
  CHECK(refused(folder).message().find("the manifest cannot be read") == 0);
  fs::create_directory(folder.plugin() / "plugin.yaml");
  refused(folder);
  fs::remove(folder.plugin() / "plugin.yaml");
  REQUIRE(::mkfifo((folder.plugin() / "plugin.yaml").c_str(), 0600) == 0);
  refused(folder);
  fs::remove(folder.plugin() / "plugin.yaml");
  std::ofstream(folder.root() / "plugin.yaml") << small_manifest("");
  fs::create_symlink("../plugin.yaml", folder.plugin() / "plugin.yaml");
  refused(folder);
  fs::remove(folder.plugin() / "plugin.yaml");
  folder.write("plugin.yaml", "# " + std::string(std::size_t{2} << 20, 'x'));
  refused(folder);
  folder.write("plugin.yaml", "nonsense");
  refused(folder);
}

TEST_CASE("what is neither a folder nor an archive") {
  const Folder folder;
  CHECK(cloche::Package::open(folder.root() / "nowhere").error().code() == cloche::Errc::io);
  CHECK(cloche::Package::open(folder.root() / "secret.js").error().code() == cloche::Errc::source_invalid);
}

TEST_CASE("a file whose digest is listed is read only if it has it") {
  const Folder folder;
  folder.write(
      "plugin.yaml",
      small_manifest("integrity: {main.js: \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}\n"));
  folder.write("other.js", "x");
  const auto package = cloche::Package::open(folder.plugin());
  REQUIRE(package);
  CHECK(package->read("other.js"));
  CHECK(package->read("main.js").error().code() == cloche::Errc::source_invalid);
  CHECK(package->read("./main.js").error().code() == cloche::Errc::source_invalid);
  folder.write("main.js", "");  // the digest above is that of nothing
  CHECK(package->read("main.js").has_value());
}
