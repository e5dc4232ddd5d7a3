// The words, keys and addresses of a site called "The Example".
#pragma once

#include "base/keys.h"
#include "base/routes.h"
#include "mail/messages.h"
#include "mail/settings.h"

namespace mail_test {

inline mail::Settings example_settings() {
    mail::Settings settings;
    settings.from = "no-reply@example.org";
    settings.from_name = "The Example";
    settings.site_name = "The Example";
    settings.helo_name = "example.org";
    return settings;
}

inline base::Keys example_keys() {
    std::vector<base::Secret> keys;
    keys.emplace_back(std::string(32, 'k'));
    return base::Keys(std::move(keys));
}

struct Letters {
    mail::Settings settings = example_settings();
    base::Addresses addresses{"https://example.org", "/account"};
    base::Keys keys = example_keys();
    mail::Messages messages{settings, addresses, keys};
};

}  // namespace mail_test
