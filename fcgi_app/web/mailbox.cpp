#include "web/mailbox.h"

#include "web/answers.h"
#include "web/json.h"
#include "web/problem.h"

namespace web {
namespace {

std::string mails_json(const std::vector<HeldMail>& mails) {
    JsonWriter json;
    json.begin_object().key("mails").begin_array();
    for (const HeldMail& mail : mails) {
        json.begin_object();
        json.key("id").text(mail.id);
        json.key("created_at").text(base::rfc3339(mail.created_at));
        json.key("recipient").text(mail.recipient);
        json.key("subject").text(mail.subject);
        json.key("text").text(mail.text);
        json.key("link").text(mail.link);
        json.end_object();
    }
    json.end_array().end_object();
    return json.take();
}

Model mail_model(const HeldMail& mail) {
    Model model;
    model.set("ID", mail.id);
    model.set("WHEN", readable_time(mail.created_at));
    model.set("RECIPIENT", mail.recipient);
    model.set("SUBJECT", mail.subject);
    model.set("TEXT", mail.text);
    if (!mail.link.empty()) model.add("LINK", Model().set("HREF", mail.link));
    return model;
}

}  // namespace

http::Response show_mailbox(Visit& visit) {
    const auto& held_mails = visit.site.services().held_mails;
    if (!held_mails) return answer(visit, 404, Word::not_found);
    const std::vector<HeldMail> mails = held_mails(visit.domain.database);
    if (visit.json) return http::json(200, mails_json(mails));
    Model model;
    if (mails.empty()) model.show("NO_MAILS");
    for (const HeldMail& mail : mails) model.add("MAILS", mail_model(mail));
    return show_page(visit, 200, Page::mailbox, std::move(model));
}

}  // namespace web
