#include "web/pages.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "templates.h"

namespace web {
namespace {

constexpr std::string_view frame = "frame.tpl";
constexpr std::string_view new_password = "new_password.tpl";
constexpr std::string_view escaped = "{{%AUTOESCAPE context=\"HTML\"}}\n";

struct Entry {
    Page page;
    std::string_view file;
};

constexpr std::array entries{
    Entry{Page::register_, "register.tpl"},
    Entry{Page::verify, "verify.tpl"},
    Entry{Page::verify_code, "verify_code.tpl"},
    Entry{Page::verify_elsewhere, "verify_elsewhere.tpl"},
    Entry{Page::verify_dead, "verify_dead.tpl"},
    Entry{Page::login, "login.tpl"},
    Entry{Page::logout, "logout.tpl"},
    Entry{Page::reset_password, "reset_password.tpl"},
    Entry{Page::reset_password_sent, "reset_password_sent.tpl"},
    Entry{Page::reset_password_confirm, "reset_password_confirm.tpl"},
    Entry{Page::reset_password_dead, "reset_password_dead.tpl"},
    Entry{Page::account, "account.tpl"},
    Entry{Page::password, "password.tpl"},
    Entry{Page::mailbox, "mailbox.tpl"},
    Entry{Page::error, "error.tpl"},
};

// The templates are looked up by place.
static_assert([] {
    std::size_t place = 0;
    return std::ranges::all_of(entries, [&](const Entry& entry) {
        return static_cast<std::size_t>(entry.page) == place++;
    });
}());
static_assert(entries.back().page == Page::error);

ctemplate::TemplateString view(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

Model& Model::set(std::string_view name, std::string_view value) {
    values_.emplace_back(name, value);
    return *this;
}

Model& Model::show(std::string_view section) {
    sections_.emplace_back(section);
    return *this;
}

Model& Model::add(std::string_view list, Model item) {
    lists_.emplace_back(list, std::move(item));
    return *this;
}

std::string name_in_template(std::string_view word) {
    std::string name(word);
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
        if (letter == '-') letter = '_';
    }
    return name;
}

std::string_view template_of(Page page) noexcept {
    return entries[static_cast<std::size_t>(page)].file;
}

struct Pages::Cache {
    using Dictionary = ctemplate::TemplateDictionary;

    // Blank lines go; other white space stays, because words may stand on both sides of it.
    static constexpr ctemplate::Strip strip = ctemplate::STRIP_BLANK_LINES;

    ctemplate::TemplateCache templates;

    void load(const Template& source);

    // The model outlives the dictionary, so nothing is copied.
    static void fill(Dictionary& dictionary, const Model& model);
    static void show_derived(Dictionary& dictionary, const Model& model);
    static Dictionary& include(Dictionary& parent, std::string_view name, std::string_view file,
                               const Model& model);
};

void Pages::Cache::load(const Template& source) {
    const auto& [name, text] = source;
    if (!text.starts_with(escaped)) {
        throw std::runtime_error(std::string(name)
                                     .append(":1: the first line must be ")
                                     .append(escaped.substr(0, escaped.size() - 1)));
    }
    if (!templates.StringToTemplateCache(view(name), view(text), strip)) {
        throw std::runtime_error(std::string(name).append(": does not parse, or was there before"));
    }
}

void Pages::Cache::fill(Dictionary& dictionary, const Model& model) {
    for (const auto& [name, value] : model.values_) {
        dictionary.SetValueWithoutCopy(view(name), view(value));
    }
    for (const std::string& section : model.sections_) dictionary.ShowSection(view(section));
    for (const auto& [name, item] : model.lists_) {
        fill(*dictionary.AddSectionDictionary(view(name)), item);
    }
}

void Pages::Cache::show_derived(Dictionary& dictionary, const Model& model) {
    bool errors = false;
    for (const auto& [name, item] : model.lists_) errors = errors || name == "ERRORS";
    dictionary.ShowTemplateGlobalSection(errors ? "HAS_ERRORS" : "NO_ERRORS");

    for (const auto& [name, value] : model.values_) {
        if (name == "THEME") dictionary.ShowSection("THEME_" + name_in_template(value));
    }
}

// An included template sees nothing of the dictionary around it, so each gets the model.
ctemplate::TemplateDictionary& Pages::Cache::include(Dictionary& parent, std::string_view name,
                                                     std::string_view file, const Model& model) {
    Dictionary& dictionary = *parent.AddIncludeDictionary(view(name));
    dictionary.SetFilename(view(file));
    fill(dictionary, model);
    return dictionary;
}

Pages::Pages() : Pages(templates::all) {}

Pages::Pages(std::span<const Template> sources) : cache_(std::make_unique<Cache>()) {
    for (const Template& source : sources) cache_->load(source);
    cache_->templates.Freeze();
}

Pages::~Pages() = default;

std::string Pages::render(Page page, const Model& model) const {
    const std::string_view file = template_of(page);
    Cache::Dictionary dictionary(view(file));
    Cache::fill(dictionary, model);
    Cache::show_derived(dictionary, model);
    Cache::include(dictionary, "TITLE_OF_PAGE", file, model).ShowSection("PAGE_TITLE");
    auto& content = Cache::include(dictionary, "CONTENT_OF_PAGE", file, model);
    content.ShowSection("PAGE");
    Cache::include(content, "NEW_PASSWORD", new_password, model);

    std::string html;
    if (!cache_->templates.ExpandNoLoad(view(frame), Cache::strip, &dictionary, nullptr, &html)) {
        throw std::runtime_error(std::string(file).append(": cannot be shown"));
    }
    return html;
}

}  // namespace web
