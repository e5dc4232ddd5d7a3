#include "web/pages.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "templates.h"

namespace web {
namespace {

constexpr std::string_view frame = "frame.tpl";
constexpr std::string_view new_password = "new_password.tpl";
constexpr std::string_view escaped = "{{%AUTOESCAPE context=\"HTML\"}}\n";

// Of an item: growing to so many took longer than setting them.
constexpr std::size_t usual_values = 6;

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

auto is_named(std::string_view name) {
    return [name](const auto& entry) { return entry.first == name; };
}

// What frame.tpl includes: each included template is a section whose value names the file.
Model includes_of(std::string_view file) {
    Model model;
    model.set("TITLE_OF_PAGE", file).add("TITLE_OF_PAGE", Model().show("PAGE_TITLE"));
    model.set("CONTENT_OF_PAGE", file).add("CONTENT_OF_PAGE", Model().show("PAGE"));
    model.set("NEW_PASSWORD", new_password).show("NEW_PASSWORD");
    return model;
}

}  // namespace

Model& Model::set(std::string_view name, std::string_view value) {
    if (values_.empty()) values_.reserve(usual_values);
    values_.emplace_back(name, value);
    return *this;
}

Model& Model::show(std::string_view section) {
    items_of(section);
    return *this;
}

Model& Model::add(std::string_view list, Model item) {
    items_of(list).push_back(std::move(item));
    return *this;
}

std::vector<Model>& Model::items_of(std::string_view section) {
    const auto known = std::ranges::find_if(sections_, is_named(section));
    if (known != sections_.end()) return known->second;
    return sections_.emplace_back(section, std::vector<Model>()).second;
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

// Where a template finds its names: models, one in the other, asked from the inside out.
// ctemplate's own dictionary has to be filled first, for each included template anew, and takes a
// lock, a hash and a copy for every name, of which a page shows few: that took longer than the
// page.
class Pages::Scope final : public ctemplate::TemplateDictionaryInterface {
  public:
    Scope(const Model& model, const Scope* around) noexcept : model_(model), around_(around) {}

  private:
    using Name = ctemplate::TemplateString;
    class Items;

    const std::string* value(const Name& name) const;           // null: not set
    const std::vector<Model>* section(const Name& name) const;  // null: not shown

    Name GetValue(const Name& name) const override;
    bool IsHiddenSection(const Name& name) const override { return section(name) == nullptr; }
    bool IsUnhiddenSection(const Name& name) const override { return section(name) != nullptr; }
    bool IsHiddenTemplate(const Name& name) const override { return section(name) == nullptr; }
    const char* GetIncludeTemplateName(const Name& name, int place) const override;
    Iterator* CreateSectionIterator(const Name& name) const override;
    Iterator* CreateTemplateIterator(const Name& name) const override;
    void DumpToString(std::string*, int) const override {}  // nobody asks

    const Model& model_;
    const Scope* around_;
};

// Of one section; an item sees what is around it too. ctemplate deletes it.
class Pages::Scope::Items final : public Iterator {
  public:
    Items(const std::vector<Model>& items, const Scope& around) noexcept
        : next_(items.begin()), end_(items.end()), around_(around) {}

    bool HasNext() const override { return next_ != end_; }
    const TemplateDictionaryInterface& Next() override { return item_.emplace(*next_++, &around_); }

  private:
    std::vector<Model>::const_iterator next_;
    const std::vector<Model>::const_iterator end_;
    const Scope& around_;
    std::optional<Scope> item_;
};

const std::string* Pages::Scope::value(const Name& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->around_) {
        const auto& values = scope->model_.values_;
        const auto last =
            std::find_if(values.rbegin(), values.rend(), is_named({name.data(), name.size()}));
        if (last != values.rend()) return &last->second;
    }
    return nullptr;
}

const std::vector<Model>* Pages::Scope::section(const Name& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->around_) {
        const auto& sections = scope->model_.sections_;
        const auto found = std::ranges::find_if(sections, is_named({name.data(), name.size()}));
        if (found != sections.end()) return &found->second;
    }
    return nullptr;
}

ctemplate::TemplateString Pages::Scope::GetValue(const Name& name) const {
    const std::string* const found = value(name);
    return found == nullptr ? Name("") : Name(*found);
}

const char* Pages::Scope::GetIncludeTemplateName(const Name& name, int /*place*/) const {
    const std::string* const found = value(name);
    return found == nullptr ? "" : found->c_str();
}

ctemplate::TemplateDictionaryInterface::Iterator* Pages::Scope::CreateSectionIterator(
    const Name& name) const {
    return new Items(*section(name), *this);
}

ctemplate::TemplateDictionaryInterface::Iterator* Pages::Scope::CreateTemplateIterator(
    const Name& name) const {
    return CreateSectionIterator(name);
}

struct Pages::Cache {
    // Blank lines go; other white space stays, because words may stand on both sides of it.
    static constexpr ctemplate::Strip strip = ctemplate::STRIP_BLANK_LINES;

    ctemplate::TemplateCache templates;
    Model common;
    std::vector<Model> includes;  // by Page

    void load(const Template& source);
    static Model derived_from(const Model& model);
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

Model Pages::Cache::derived_from(const Model& model) {
    Model derived;
    const bool errors = std::ranges::any_of(model.sections_, is_named("ERRORS"));
    derived.show(errors ? "HAS_ERRORS" : "NO_ERRORS");
    for (const auto& [name, value] : model.values_) {
        if (name == "THEME") derived.show("THEME_" + name_in_template(value));
    }
    return derived;
}

Pages::Pages(Model common) : Pages(templates::all, std::move(common)) {}

Pages::Pages(std::span<const Template> sources, Model common) : cache_(std::make_unique<Cache>()) {
    for (const Template& source : sources) cache_->load(source);
    cache_->templates.Freeze();
    cache_->common = std::move(common);
    for (const Entry& entry : entries) cache_->includes.push_back(includes_of(entry.file));
}

Pages::~Pages() = default;

std::string Pages::render(Page page, const Model& model) const {
    const Model derived = Cache::derived_from(model);
    const Scope common(cache_->common, nullptr);
    const Scope own(model, &common);
    const Scope with_derived(derived, &own);
    const Scope whole(cache_->includes[static_cast<std::size_t>(page)], &with_derived);
    std::string html;
    if (!cache_->templates.ExpandNoLoad(view(frame), Cache::strip, &whole, nullptr, &html)) {
        throw std::runtime_error(std::string(template_of(page)).append(": cannot be shown"));
    }
    return html;
}

}  // namespace web
