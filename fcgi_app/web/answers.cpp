#include "web/answers.h"

#include <array>

#include "assets.h"
#include "web/cookies.h"
#include "web/routes.h"

namespace web {
namespace {

using base::Route;

// What templates call the paths that they link to.
struct PathName {
    std::string_view name;
    Route route;
};
constexpr std::array path_names{
    PathName{"ACCOUNT_PATH", Route::account},
    PathName{"LOGIN_PATH", Route::login},
    PathName{"LOGOUT_PATH", Route::logout},
    PathName{"MAILBOX_PATH", Route::mailbox},
    PathName{"PASSWORD_PATH", Route::password},
    PathName{"PROFILE_PATH", Route::profile},
    PathName{"REGISTER_PATH", Route::register_},
    PathName{"RESET_PASSWORD_CONFIRM_PATH", Route::reset_password_confirm},
    PathName{"RESET_PASSWORD_PATH", Route::reset_password},
    PathName{"SESSIONS_END_PATH", Route::sessions_end},
    PathName{"SETTINGS_PATH", Route::settings},
    PathName{"VERIFY_PATH", Route::verify},
    PathName{"VERIFY_RESEND_PATH", Route::verify_resend},
};

// Where the visitor is, as an address that can be fetched again: a refused form was posted to the
// address of its page, and the page of the mount stands for what has no page. A notice is not
// repeated; the token of a link must not be lost.
std::string current_path(const Visit& visit) {
    if (visit.row == nullptr) return visit.addresses().path(Route::account);
    const RouteRow* page = find_row(visit.row->route, http::Method::get);
    if (page == nullptr) return visit.addresses().path(Route::account);
    std::string path = visit.addresses().path(page->route);
    const bool keeps_query = page == visit.row && !visit.fields.has("notice");
    if (keeps_query && !visit.request.query.empty()) path.append("?").append(visit.request.query);
    return path;
}

void add_visit(const Visit& visit, Model& model) {
    const accounts::Settings& rules = visit.domain.settings;
    model.set("THEME", theme_of(visit));
    model.set("CURRENT_PATH", current_path(visit));
    model.set("MIN_LENGTH", std::to_string(rules.password.min_length));
    if (rules.registration_open) model.show("REGISTRATION_OPEN");
    if (!visit.session_was_read) return;
    if (visit.signed_in) {
        const accounts::Account& account = visit.signed_in->account;
        Model who;
        who.set("ACCOUNT_LABEL", account.name.value_or(account.email));
        model.add("SIGNED_IN", std::move(who));
    } else {
        model.show("ANONYMOUS");
    }
}

}  // namespace

Model common_model(const Settings& settings) {
    const base::Addresses& addresses = settings.addresses;
    Model model;
    model.set("SITE_NAME", settings.site_name);
    model.set("HOME_PATH", "/");
    model.set("STYLE_PATH", addresses.asset_path(assets::style));
    model.set("ICON_PATH", addresses.asset_path(assets::icon));
    for (const PathName& entry : path_names) model.set(entry.name, addresses.path(entry.route));
    return model;
}

http::Response show_page(const Visit& visit, int status, Page page, Model model) {
    add_visit(visit, model);
    return http::html(status, visit.site.pages().render(page, model));
}

http::Response show_form(const Visit& visit, Page page, Model model) {
    if (!visit.json) return show_page(visit, 200, page, std::move(model));
    JsonWriter json;
    json.begin_object();
    describe_form(visit, json);
    json.end_object();
    return http::json(200, json.take());
}

void describe_form(const Visit& visit, JsonWriter& json) {
    const Route route = visit.row->route;
    const RouteRow* form = find_row(route, http::Method::post);
    json.key("action").text(visit.addresses().path(route));
    json.key("method").text("POST");
    json.key("fields").begin_array();
    for (const std::string_view field : form->fields) {
        if (!field.empty()) json.text(field);
    }
    json.end_array();
}

http::Response redirect_to(const Visit& visit, base::Route route, std::string_view notice) {
    std::string location = visit.addresses().path(route);
    if (!notice.empty()) location.append("?notice=").append(notice);
    return http::see_other(location);
}

http::Response done(const Visit& visit, base::Route next, std::string_view notice) {
    return visit.json ? http::no_content() : redirect_to(visit, next, notice);
}

http::Response accepted(const Visit& visit, base::Route next, std::string_view notice) {
    if (!visit.json) return redirect_to(visit, next, notice);
    return http::json(202, R"({"status":"accepted"})");
}

void show_notice(const Visit& visit, Model& model, std::initializer_list<std::string_view> known) {
    for (const std::string_view notice : known) {
        if (visit.field("notice") == notice) model.show("NOTICE_" + name_in_template(notice));
    }
}

std::string readable_time(base::Seconds moment) {
    std::string text = base::rfc3339(moment);
    text[10] = ' ';
    text.replace(16, std::string::npos, " UTC");
    return text;
}

std::string clock_time(base::Seconds moment) {
    return readable_time(moment).substr(11);
}

}  // namespace web
