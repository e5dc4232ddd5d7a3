// What the parsers of fields.cpp and json_fields.cpp have in common: the bounds of a field and the
// words for what breaks them. Only these two include it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace http {

inline constexpr std::size_t max_fields = 32;
inline constexpr std::size_t max_name_bytes = 64;
inline constexpr std::size_t max_value_bytes = 4096;

[[nodiscard]] Fault fault_of_field(int status, std::string_view name, std::string_view what);
[[nodiscard]] Fault too_many_fields();

// Of a whole text, before anything is parsed; of one decoded field.
[[nodiscard]] std::optional<Fault> check_size(std::string_view text);
[[nodiscard]] std::optional<Fault> check_name(std::string_view name);
[[nodiscard]] std::optional<Fault> check_value(std::string_view name, std::string_view value);

}  // namespace http
