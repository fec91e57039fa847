// json-at POINTER: reads exactly one JSON document (RFC 8259) from stdin and prints what is at the JSON
// Pointer (RFC 6901), a string bare and all else as JSON. It fails where stdin is anything else, or has
// nothing there.

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

int main(int argc, char** argv) {
  try {
    const auto document = nlohmann::json::parse(std::cin);
    const auto& found = document.at(nlohmann::json::json_pointer(argc > 1 ? argv[1] : ""));
    std::cout << (found.is_string() ? found.get<std::string>() : found.dump()) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "json-at: " << error.what() << '\n';
    return 1;
  }
}
