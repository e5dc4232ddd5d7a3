// Writing JSON (RFC 8259), small and straight: the session answer is on the hot path, and the
// others are no larger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace web {

// Commas are set by the writer; nesting is the caller's. Text that is not UTF-8 keeps its ASCII,
// each other byte becomes U+FFFD, so that what is written is always valid.
class JsonWriter {
  public:
    JsonWriter() { out_.reserve(usual_bytes); }
    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);  // a word of ours: nothing in it needs an escape
    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value) { return literal(value ? "true" : "false"); }
    JsonWriter& null() { return literal("null"); }

    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& literal(std::string_view value);
    void separate();
    void quote(std::string_view value);

    static constexpr std::size_t usual_bytes = 512;
    std::string out_;
    bool comma_ = false;  // a value stands before the next one
};

}  // namespace web
