// Runs a fuzz target once on every file of a folder, in a build without libFuzzer. A target that finds a rule
// broken aborts; a folder without files is a failure too, for it proves nothing.
//
//   replay-TARGET FOLDER

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// On the heap and of the exact size, so that a sanitizer sees a read past its end.
std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return {text.begin(), text.end()};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::filesystem::path> files = files_in(argc == 2 ? argv[1] : "");
  if (files.empty()) {
    std::cerr << "expected one folder with inputs in it\n";
    return 2;
  }
  for (const auto& file : files) {
    std::cout << file.filename().string() << std::endl;  // flushed: it tells which one aborted
    const std::vector<std::uint8_t> bytes = bytes_of(file);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return 0;
}
