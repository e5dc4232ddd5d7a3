// What commands print: the same records as aligned text for people or one JSON document for
// programs, so that the two cannot differ.
//
// In text, characters that could steer a terminal are shown as '?'. Everything goes to standard
// output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"

namespace cli {

using Cell =
    std::variant<std::nullptr_t, bool, std::int64_t, std::string, std::vector<std::string>>;

struct Item {
    std::string_view name;  // the JSON name; in text '_' is shown as a space
    Cell cell;
};
using Record = std::vector<Item>;

[[nodiscard]] Cell id_cell(std::int64_t id);         // a string, as everywhere in the API
[[nodiscard]] Cell time_cell(base::Seconds moment);  // RFC 3339, UTC

enum class Format { text, json };
[[nodiscard]] Format format_of(const Arguments& arguments);

// One record: a line an item, or an object.
void print(Format format, const Record& record);

// What was done: the sentence, or the record as an object.
void print_done(Format format, std::string_view sentence, const Record& record);

// Many records of one shape: a table, or {"name": [...]}. Prints as it goes, a page at a time, so
// that a long list costs no memory.
class Listing {
  public:
    Listing(Format format, std::string_view name, std::vector<std::string_view> columns);
    ~Listing();  // ends the document
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;

    void add(const std::vector<Cell>& cells);  // as many as there are columns

  private:
    void flush();

    const Format format_;
    const std::vector<std::string_view> columns_;
    std::vector<std::vector<std::string>> page_;  // text that is not printed yet
    bool empty_ = true;
};

}  // namespace cli
