// What a visitor typed, shown on a page: it never begins a tag, ends an attribute or makes a link.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "web/pages.h"

namespace {

const web::Pages& pages() {
    static const web::Pages all;
    return all;
}

web::Model model_with(std::string_view text) {
    web::Model model;
    for (const std::string_view name : {"EMAIL", "RETURN_TO", "NAME", "TOKEN", "REQUEST_ID", "TEXT",
                                        "DETAIL", "AGENT", "CLIENT", "CODE"}) {
        model.set(name, text);
    }
    for (const std::string_view section : {"EMAIL_ERROR", "NAME_ERROR", "PASSWORD_ERROR"}) {
        web::Model item;
        model.add(section, item.set("TEXT", text));
    }
    return model;
}

auto count(const std::string& page, char byte) {
    return std::ranges::count(page, byte);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    using web::Page;
    const web::Model shown = model_with(fuzz::text_of(data, size));
    const web::Model harmless = model_with("x");
    for (const Page page :
         {Page::login, Page::register_, Page::verify, Page::error, Page::account}) {
        const std::string with = pages().render(page, shown);
        const std::string without = pages().render(page, harmless);
        for (const char byte : {'<', '>', '"', '\''}) {
            fuzz::must(count(with, byte) == count(without, byte));
        }
    }
    return 0;
}
