#include "load.h"

#include "builder.h"
#include "places.h"
#include "refusal.h"
#include "text_check.h"

#include <array>
#include <istream>
#include <streambuf>
#include <string>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace cloche::yaml {
namespace {

// Lets yaml-cpp read a text where it lies.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin =
        const_cast<char*>(text.data());  // std::streambuf has no read-only face; nothing writes here
    setg(begin, begin, begin + text.size());
  }
};

// yaml-cpp's most frequent complaints, in words that say what to do.
std::string explained(const std::string& message) {
  struct Phrase {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr std::array<Phrase, 11> kPhrases = {{
      {"illegal tab", "a tab cannot indent; use spaces"},
      {"end of map not found", "a map ends badly here; align its keys, or put a text with ':' in quotes"},
      {"end of map flow not found", "a '{' has no '}'; close it"},
      {"end of sequence not found", "a list ends badly here; align its '-' marks"},
      {"end of sequence flow not found", "a '[' has no ']'; close it"},
      {"illegal EOF in scalar", "a quote is not closed before the file ends; close it"},
      {"illegal map value", "a ':' cannot stand here; put a text with ':' in quotes, or align the keys"},
      {"illegal map key", "a key cannot stand here; align the keys of a map"},
      {"illegal block entry", "a '-' entry cannot stand here; put it on a line of its own"},
      {"illegal flow end", "a ']' or '}' closes nothing; leave it out"},
      {"unknown escape character",
       "this escape is not known; write \\\\ for a backslash, or use single quotes"},
  }};
  for (const Phrase& phrase : kPhrases) {
    if (message.find(phrase.theirs) != std::string::npos) return std::string(phrase.ours);
  }
  return "this is not YAML (" + message + "); check the indentation, quotes and brackets here";
}

Node parse(std::string_view text) {
  check_text(text);
  const Places places(text);
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  Builder builder(places);
  if (!parser.HandleNextDocument(builder)) throw Refusal{0, "this file is empty; write a map of fields"};
  Node root = builder.take();
  // The builder refuses a second document when it begins; what follows the first and is none is refused by
  // yaml-cpp.
  Builder rest(places);
  if (parser.HandleNextDocument(rest)) {
    throw Refusal{text.size(), "there is more than one document in this file; keep one"};
  }
  return root;
}

Error error_at(Errc code, std::string message, std::string_view file, std::string_view text,
               std::size_t offset) {
  const Place place = Places(text).at(offset);
  return Error(code, std::move(message)).at({std::string(file), place.line, place.column});
}

}  // namespace

Result<Node> load(std::string_view text, std::string_view file, Errc code) {
  try {
    return parse(text);
  } catch (const Refusal& refusal) {
    return error_at(code, refusal.message, file, text, refusal.offset);
  } catch (const YAML::Exception& error) {
    return error_at(code, explained(error.msg), file, text, Places(text).offset(error.mark.pos));
  } catch (const std::exception& error) {
    return error_at(code, std::string("this file could not be read: ") + error.what(), file, text, 0);
  }
}

}  // namespace cloche::yaml
