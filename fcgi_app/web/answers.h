// The answers that several features give: a page, a form's description, a redirect, a "done".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/response.h"
#include "web/json.h"
#include "web/pages.h"
#include "web/visit.h"

namespace web {

// What frame.tpl declares for all pages and that is the same in all of them: the site and its
// paths.
[[nodiscard]] Model common_model(const Settings& settings);

// The page, with the rest of what frame.tpl declares for all pages added to the model.
[[nodiscard]] http::Response show_page(const Visit& visit, int status, Page page, Model model);

// A page with a form, not filled in yet: 200 and the page. In JSON what a script needs to know of
// the form: {"action":"/account/login","method":"POST","fields":["email","password",…]}.
[[nodiscard]] http::Response show_form(const Visit& visit, Page page, Model model = {});

// The keys of that description, into an object that is open, for a form with more to tell.
void describe_form(const Visit& visit, JsonWriter& json);

// 303 to a named route; notice: one of our own words, which its page turns into a sentence.
[[nodiscard]] http::Response redirect_to(const Visit& visit, base::Route route,
                                         std::string_view notice = {});

// A change that is done and has nothing to tell: 204, or redirect_to().
[[nodiscard]] http::Response done(const Visit& visit, base::Route next,
                                  std::string_view notice = {});

// What nobody may know more about: 202 {"status":"accepted"}, or redirect_to().
[[nodiscard]] http::Response accepted(const Visit& visit, base::Route next,
                                      std::string_view notice = {});

// Shows the section of the notice that a redirect_to() brought, when it is one of those given:
// "name-saved" is the section NOTICE_NAME_SAVED.
void show_notice(const Visit& visit, Model& model, std::initializer_list<std::string_view> known);

// "2026-02-28 23:59 UTC", for pages.
[[nodiscard]] std::string readable_time(base::Seconds moment);
// "23:59 UTC"
[[nodiscard]] std::string clock_time(base::Seconds moment);

}  // namespace web
