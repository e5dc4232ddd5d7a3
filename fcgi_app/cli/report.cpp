#include "cli/report.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/email_address.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t page_rows = 500;

std::string harmless(std::string_view text) {
    if (const auto clean = base::clean_line(text)) return *clean;
    std::string ascii(text);
    std::ranges::replace_if(
        ascii, [](char c) { return c < ' ' || c > '~'; }, '?');
    return ascii;
}

struct AsText {
    std::string operator()(std::nullptr_t) const { return "-"; }
    std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return harmless(text); }
    std::string operator()(const std::vector<std::string>& texts) const {
        std::string joined;
        for (const std::string& text : texts) joined += (joined.empty() ? "" : ",") + text;
        return joined.empty() ? "-" : harmless(joined);
    }
};

Json to_json(const Cell& cell) {
    return std::visit([](const auto& value) { return Json(value); }, cell);
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string heading(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', ' ');
    return text;
}

void pad(std::string_view text, std::size_t width) {
    std::cout << text;
    for (std::size_t at = base::count_characters(text); at < width; ++at) std::cout << ' ';
}

}  // namespace

Cell id_cell(std::int64_t id) {
    return std::to_string(id);
}

Cell time_cell(base::Seconds moment) {
    return base::rfc3339(moment);
}

Format format_of(const Arguments& arguments) {
    return arguments.json ? Format::json : Format::text;
}

void print(Format format, const Record& record) {
    if (format == Format::json) return print_done(format, "", record);
    std::size_t width = 0;
    for (const Item& item : record) width = std::max(width, item.name.size());
    for (const Item& item : record) {
        pad(heading(item.name) + ":", width + 2);
        std::cout << std::visit(AsText{}, item.cell) << '\n';
    }
}

void print_done(Format format, std::string_view sentence, const Record& record) {
    if (format == Format::text) {
        std::cout << sentence << '\n';
        return;
    }
    Json object = Json::object();
    for (const Item& item : record) object[std::string(item.name)] = to_json(item.cell);
    std::cout << dump(object) << '\n';
}

Listing::Listing(Format format, std::string_view name, std::vector<std::string_view> columns)
    : format_(format), columns_(std::move(columns)) {
    if (format_ == Format::json) {
        std::cout << "{" << dump(Json(name)) << ":[";
        return;
    }
    std::vector<std::string> headings;
    for (const std::string_view column : columns_) headings.push_back(heading(column));
    page_.push_back(std::move(headings));
}

Listing::~Listing() {
    if (format_ == Format::json) {
        std::cout << (empty_ ? "]}\n" : "\n]}\n");
    } else {
        flush();
    }
}

void Listing::add(const std::vector<Cell>& cells) {
    if (format_ == Format::json) {
        Json object = Json::object();
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            object[std::string(columns_[i])] = to_json(cells[i]);
        }
        std::cout << (empty_ ? "\n" : ",\n") << dump(object);
    } else {
        std::vector<std::string> row;
        for (const Cell& cell : cells) row.push_back(std::visit(AsText{}, cell));
        page_.push_back(std::move(row));
        if (page_.size() > page_rows) flush();
    }
    empty_ = false;
}

void Listing::flush() {
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (const auto& row : page_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], base::count_characters(row[i]) + 2);
        }
    }
    for (const auto& row : page_) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i) pad(row[i], widths[i]);
        std::cout << row.back() << '\n';
    }
    page_.clear();
}

}  // namespace cli
