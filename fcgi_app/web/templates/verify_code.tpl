{{%AUTOESCAPE context="HTML"}}
{{!
"Check your mail", in the browser that asked: the code and a password make the account.

  EMAIL           value    of the claim
  MAIL_QUEUED     section  the mail is about to go out
  MAIL_WAITING    section  the mail server did not take it; there will be another try
    NEXT_TRY      section  when it is known
      SPAN        value    until then: "40 s", "12 min"
  MAIL_ACCEPTED   section  the mail server took it
    AT            value    when: "12:03 UTC"
  MAIL_REFUSED    section  the mail server will never take it
  MAIL_EXPIRED    section  it was not taken in time
  MAIL_WITHHELD   section  it was not sent at all
  NOTICE_RESENT   section  another mail was just asked for
  RESEND_WAIT     section  too early for another mail
    SPAN          value    until there can be one
  CODE_ERROR      section
    TEXT          value

The page does not reload by itself: what is being typed would be gone.
}}{{#PAGE_TITLE}}Check your mail{{/PAGE_TITLE}}{{#PAGE}}
{{#NOTICE_RESENT}}
<p class="notice good" role="status">Another mail is on its way.</p>
{{/NOTICE_RESENT}}
<section class="sheet door">
<h1>Check your mail</h1>
<p class="lead">We wrote to <strong>{{EMAIL}}</strong>. Follow the link in the mail, or type its code here.</p>
{{#MAIL_QUEUED}}
<p class="state">The mail is about to leave. <a href="{{VERIFY_PATH}}">Look again</a></p>
{{/MAIL_QUEUED}}
{{#MAIL_WAITING}}
<p class="state">The mail server has not accepted the mail yet{{#NEXT_TRY}}; next try in {{SPAN}}{{/NEXT_TRY}}. <a href="{{VERIFY_PATH}}">Look again</a></p>
{{/MAIL_WAITING}}
{{#MAIL_ACCEPTED}}
<p class="state">The mail was accepted by the mail server at {{AT}}. It can take a minute; have a look at the spam folder too.</p>
{{/MAIL_ACCEPTED}}
{{#MAIL_REFUSED}}
<p class="state bad">Your mail provider refused the mail. Is the address right?{{#REGISTRATION_OPEN}} <a href="{{REGISTER_PATH}}">Try another one</a>{{/REGISTRATION_OPEN}}</p>
{{/MAIL_REFUSED}}
{{#MAIL_EXPIRED}}
<p class="state bad">The mail server did not accept the mail in time.{{#REGISTRATION_OPEN}} <a href="{{REGISTER_PATH}}">Ask for a new one</a>{{/REGISTRATION_OPEN}}</p>
{{/MAIL_EXPIRED}}
{{#MAIL_WITHHELD}}
<p class="state bad">The mail was not sent, perhaps because too many were asked for in the last hour. Please ask for another one later.</p>
{{/MAIL_WITHHELD}}
<form method="post" action="{{VERIFY_PATH}}" novalidate>
<input type="email" value="{{EMAIL}}" autocomplete="username" readonly hidden>
<div class="field">
<label for="code">Code from the mail</label>
<p class="hint" id="code-hint">Six digits.</p>
{{#CODE_ERROR}}
<p class="wrong" id="code-wrong">{{TEXT}}</p>
{{/CODE_ERROR}}
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="16" aria-describedby="{{#CODE_ERROR}}code-wrong {{/CODE_ERROR}}code-hint"{{#CODE_ERROR}} aria-invalid="true"{{/CODE_ERROR}}{{#NO_ERRORS}} autofocus{{/NO_ERRORS}}>
</div>
{{>NEW_PASSWORD}}
<button>Open my account</button>
</form>
{{#RESEND_WAIT}}
<p class="state">You can ask for another mail in {{SPAN}}.</p>
{{/RESEND_WAIT}}
<div class="otherwise">
<form method="post" action="{{VERIFY_RESEND_PATH}}"><button class="link">Send the mail again</button></form>
{{#REGISTRATION_OPEN}}
<a href="{{REGISTER_PATH}}">Use another address</a>
{{/REGISTRATION_OPEN}}
</div>
</section>
{{/PAGE}}
