#include "web/words.h"

#include <algorithm>
#include <array>

namespace web {
namespace {

struct Entry {
    Word word;
    std::string_view code;
    std::string_view sentence;  // '#' is where the number stands
};

constexpr std::array entries{
    Entry{Word::required, "required", "This is needed."},
    Entry{Word::no_address, "email", "This does not look like an e-mail address."},
    Entry{Word::no_name, "name", "A name is one line of at most # characters."},
    Entry{Word::no_switch, "switch", "This can only be on or off."},
    Entry{Word::unknown_theme, "unknown", "The theme is auto, light or dark."},
    Entry{Word::unsafe_return, "unsafe",
          "We cannot send you on to that address, so we left it out. Please try again."},
    Entry{Word::unknown_choice, "unknown", "This is not one of the choices."},
    Entry{Word::malformed, "malformed", "This could not be read."},
    Entry{Word::password_not_text, "not_text", "A password is text; this could not be read."},
    Entry{Word::password_too_short, "too_short",
          "Use at least # characters. A few words that do not belong together are easy to "
          "remember."},
    Entry{Word::password_too_long, "too_long", "Use at most # bytes."},
    Entry{Word::password_too_common, "too_common",
          "This is one of the first passwords that are guessed. Please choose another."},
    Entry{Word::password_is_address, "is_own_address",
          "This is your own address. Please choose something that others do not know."},
    Entry{Word::password_is_site, "is_site_name",
          "This is the name of the site. Please choose something that others do not know."},
    Entry{Word::wrong_password, "wrong", "This is not your current password."},
    Entry{Word::wrong_code, "wrong", "This is not the code from the mail."},
    Entry{Word::dead_link, "dead",
          "This link or code is no longer good: it was used, is too old, or a later one has taken "
          "its place."},

    Entry{Word::look_at_fields, "invalid_fields", "Something in the form needs another look."},
    Entry{Word::sign_in_refused, "refused", "The address or the password is not right."},
    Entry{Word::throttled, "throttled",
          "There were too many wrong passwords for this address, or from your network. Please try "
          "again later, or set a new password by mail: after that you can sign in at once."},
    Entry{Word::sign_in_needed, "sign_in_needed", "Please sign in first."},
    Entry{Word::role_needed, "role_needed", "Your account is not allowed to see this."},
    Entry{Word::registration_closed, "registration_closed",
          "New accounts cannot be made here at the moment."},
    Entry{Word::resend_too_soon, "too_soon",
          "A mail went out just now. You can ask for another in # seconds."},
    Entry{Word::no_claim, "no_claim",
          "There is no registration of this browser to send a mail for: it is proven, or too old."},
    Entry{Word::no_such_session, "no_such_session", "There is no such sign-in of yours."},
    Entry{Word::foreign_site, "foreign_site",
          "This came from another site, so nothing was done. Please use the form on our page."},
    Entry{Word::two_cookies, "two_cookies",
          "Your browser sent the same cookie twice. Please delete the cookies of this site."},
    Entry{Word::not_found, "not_found", "There is nothing at this address."},
    Entry{Word::wrong_method, "wrong_method", "This address does not take such a request."},
    Entry{Word::wrong_lane, "wrong_lane", "This address is answered on another socket."},
    Entry{Word::too_large, "too_large", "This is more than we take at once."},
    Entry{Word::nobody_may, "nobody_may", "Nobody may see this."},
    Entry{Word::busy, "busy", "We are very busy. Please try again in a moment."},
    Entry{Word::out_of_memory, "out_of_memory", "We are very busy. Please try again in a moment."},
    Entry{Word::storage_failed, "storage_failed",
          "We cannot reach our records just now. Nothing was lost; please try again later."},
    Entry{Word::failed, "failed", "Something went wrong on our side. Please try again later."},
};

constexpr const Entry& entry_of(Word word) noexcept {
    return entries[static_cast<std::size_t>(word)];
}

struct Title {
    int status;
    std::string_view text;
};

constexpr std::array titles{
    Title{401, "Please sign in"},        Title{403, "This is not possible"},
    Title{404, "There is nothing here"}, Title{429, "A little too fast"},
    Title{500, "Something went wrong"},  Title{503, "Please try again"},
};

struct EventSentence {
    std::string_view event;
    std::string_view outcome;
    std::string_view text;
};

constexpr std::array event_sentences{
    EventSentence{"account_opened", "done", "Your account was opened"},
    EventSentence{"account_added", "done", "Your account was opened by the site"},
    EventSentence{"account_locked", "done", "Your account was locked by the site"},
    EventSentence{"account_unlocked", "done", "Your account was unlocked by the site"},
    EventSentence{"roles_changed", "done", "Your roles were changed by the site"},
    EventSentence{"signed_in", "done", "Signed in"},
    EventSentence{"signed_in", "refused", "Somebody tried to sign in with a wrong password"},
    EventSentence{"signed_out", "done", "Signed out"},
    EventSentence{"sessions_ended", "done", "Signed out elsewhere"},
    EventSentence{"password_changed", "done", "Your password was changed"},
    EventSentence{"password_changed", "refused",
                  "Somebody tried to change your password without knowing it"},
    EventSentence{"reset_requested", "done", "A link to set a new password was asked for"},
    EventSentence{"reset_link_made", "done", "The site made a link to set a new password"},
    EventSentence{"password_reset", "done", "A new password was set with a link"},
    EventSentence{"access_refused", "refused",
                  "You asked for what needs a role that you do not have"},
    EventSentence{"throttled", "refused",
                  "Sign-ins were turned away after too many wrong passwords"},
};

// The catalogue is looked up by place.
static_assert([] {
    std::size_t place = 0;
    return std::ranges::all_of(entries, [&](const Entry& entry) {
        return static_cast<std::size_t>(entry.word) == place++;
    });
}());
static_assert(entries.back().word == Word::failed);

}  // namespace

std::string_view code_of(Word word) noexcept {
    return entry_of(word).code;
}

std::string sentence_of(Word word, std::int64_t number) {
    std::string sentence(entry_of(word).sentence);
    const auto place = sentence.find('#');
    if (place != std::string::npos) sentence.replace(place, 1, std::to_string(number));
    return sentence;
}

std::string_view title_of(int status) noexcept {
    const auto found = std::ranges::find(titles, status, &Title::status);
    return found == titles.end() ? "We could not take this" : found->text;
}

std::string_view sentence_of_event(std::string_view event, std::string_view outcome) noexcept {
    const auto found = std::ranges::find_if(event_sentences, [&](const EventSentence& entry) {
        return entry.event == event && entry.outcome == outcome;
    });
    return found == event_sentences.end() ? "" : found->text;
}

Word word_for(accounts::PasswordFlaw flaw) noexcept {
    switch (flaw) {
        case accounts::PasswordFlaw::not_text:
            return Word::password_not_text;
        case accounts::PasswordFlaw::too_short:
            return Word::password_too_short;
        case accounts::PasswordFlaw::too_long:
            return Word::password_too_long;
        case accounts::PasswordFlaw::too_common:
            return Word::password_too_common;
        case accounts::PasswordFlaw::is_own_address:
            return Word::password_is_address;
        case accounts::PasswordFlaw::is_site_name:
            return Word::password_is_site;
    }
    return Word::malformed;
}

}  // namespace web
