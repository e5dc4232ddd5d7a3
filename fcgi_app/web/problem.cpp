#include "web/problem.h"

#include "web/answers.h"
#include "web/json.h"

namespace web {
namespace {

void write_errors(JsonWriter& json, const std::vector<FieldError>& errors) {
    json.key("errors").begin_array();
    for (const FieldError& error : errors) {
        json.begin_object();
        json.key("field").text(error.field);
        json.key("code").text(error.code);
        json.key("detail").text(error.text);
        json.end_object();
    }
    json.end_array();
}

http::Response answer_page(const Visit& visit, const Problem& problem) {
    Model model;
    model.set("STATUS", std::to_string(problem.status));
    model.set("TITLE", title_of(problem.status));
    model.set("TEXT", problem.detail);
    model.set("REQUEST_ID", visit.request_id);
    if (problem.retry_after) {
        Model wait;
        wait.set("SECONDS", std::to_string(*problem.retry_after));
        model.add("RETRY_AFTER", std::move(wait));
    }
    return show_page(visit, problem.status, Page::error, std::move(model));
}

}  // namespace

http::Response answer_json(const Visit& visit, const Problem& problem) {
    JsonWriter json;
    json.begin_object();
    json.key("type").text("about:blank");
    json.key("title").text(http::reason_phrase(problem.status));
    json.key("status").number(problem.status);
    json.key("detail").text(problem.detail);
    json.key("request_id").text(visit.request_id);
    if (!problem.errors.empty()) write_errors(json, problem.errors);
    json.end_object();
    return http::json(problem.status, json.take());
}

http::Response answer(const Visit& visit, const Problem& problem) {
    http::Response response =
        visit.json ? answer_json(visit, problem) : answer_page(visit, problem);
    if (problem.retry_after) response.add("Retry-After", std::to_string(*problem.retry_after));
    return response;
}

http::Response answer(const Visit& visit, int status, Word word) {
    return answer(visit, Problem{status, sentence_of(word), {}, {}});
}

http::Response answer(const Visit& visit, const http::Fault& fault) {
    Problem problem{fault.status, fault.detail, {}, {}};
    if (!fault.field.empty()) {
        problem.errors.push_back(
            {fault.field, std::string(code_of(Word::malformed)), fault.detail});
    }
    return answer(visit, problem);
}

}  // namespace web
