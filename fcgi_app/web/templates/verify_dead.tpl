{{%AUTOESCAPE context="HTML"}}
{{!
A link or code of a registration that is used, too old, or never was.
}}{{#PAGE_TITLE}}This link no longer works{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>This link no longer works</h1>
<p class="lead">It works once, and for a day. If you have used it already, your account is open: sign in.{{#REGISTRATION_OPEN}} If not, ask for a new one.{{/REGISTRATION_OPEN}}</p>
<p class="choices">{{#REGISTRATION_OPEN}}<a class="button" href="{{REGISTER_PATH}}">Ask for a new mail</a> {{/REGISTRATION_OPEN}}<a class="button quiet" href="{{LOGIN_PATH}}">Sign in</a></p>
</section>
{{/PAGE}}
