// JSON without a tree: nlohmann's parser tells each value as it comes, and the first one that a
// flat list of fields cannot hold ends the parsing. (A tree would be as deep as the sender likes,
// and would keep the last of two equal keys in silence.)
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "http/fault.h"
#include "http/fields.h"

namespace http {
namespace {

// The only fields that may be true or false.
constexpr std::array<std::string_view, 1> switches{"remember"};

class FieldReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    [[nodiscard]] ParsedFields result() && {
        if (fault_) return std::move(*fault_);
        return std::move(fields_);
    }

    bool start_object(std::size_t /*size*/) override {
        if (within_object_) return refuse_value("must be a text, not an object");
        within_object_ = true;
        return true;
    }
    bool end_object() override { return true; }

    bool key(std::string& name) override {
        if (auto fault = check_name(name)) return refuse(std::move(*fault));
        if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
            return refuse(fault_of_field(400, name, "stands twice"));
        }
        if (names_.size() == max_fields) return refuse(too_many_fields());
        names_.push_back(std::move(name));
        return true;
    }

    bool null() override { return within_object_ || refuse_value(""); }

    bool boolean(bool value) override {
        if (!within_object_ ||
            std::find(switches.begin(), switches.end(), names_.back()) == switches.end()) {
            return refuse_value("must be a text, not true or false");
        }
        return fields_.add(names_.back(), base::Secret(value ? "true" : "false"));
    }

    bool string(std::string& value) override {
        base::Secret secret(std::move(value));
        if (!within_object_) return refuse_value("");
        if (auto fault = check_value(names_.back(), secret.reveal())) {
            return refuse(std::move(*fault));
        }
        return fields_.add(names_.back(), std::move(secret));
    }

    bool number_integer(std::int64_t /*value*/) override { return refuse_number(); }
    bool number_unsigned(std::uint64_t /*value*/) override { return refuse_number(); }
    bool number_float(double /*value*/, const std::string& /*text*/) override {
        return refuse_number();
    }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return refuse_value(""); }
    bool start_array(std::size_t /*size*/) override {
        return refuse_value("must be a text, not a list");
    }
    bool end_array() override { return true; }

    bool parse_error(std::size_t position, const std::string& /*last_token: may be a password*/,
                     const nlohmann::detail::exception& /*error: repeats it*/) override {
        return refuse(
            {400, "This is not JSON in UTF-8, from byte " + std::to_string(position) + " on.", ""});
    }

  private:
    bool refuse(Fault fault) {
        fault_ = std::move(fault);
        return false;
    }
    bool refuse_value(std::string_view what) {
        if (!within_object_) return refuse({400, "The JSON must be an object of fields.", ""});
        return refuse(fault_of_field(422, names_.back(), what));
    }
    bool refuse_number() { return refuse_value("must be a text, not a number"); }

    Fields fields_;
    std::vector<std::string> names_;  // also of those that are null
    bool within_object_ = false;
    std::optional<Fault> fault_;
};

}  // namespace

ParsedFields parse_json(std::string_view text) {
    if (auto fault = check_size(text)) return *fault;
    // The parser takes a NUL byte for the end of the text and would not look at what follows.
    if (text.find('\0') != std::string_view::npos) {
        return Fault{400, "The JSON holds a NUL byte.", ""};
    }
    FieldReader reader;
    nlohmann::json::sax_parse(text, &reader);
    return std::move(reader).result();
}

}  // namespace http
