{{%AUTOESCAPE context="HTML"}}
{{!
A link of a password reset that is used, too old, replaced by a newer one, or never was.
}}{{#PAGE_TITLE}}This link no longer works{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>This link no longer works</h1>
<p class="lead">It works once, for an hour, and only the newest one counts. Your password is as it was.</p>
<p class="choices"><a class="button" href="{{RESET_PASSWORD_PATH}}">Ask for a new link</a> <a class="button quiet" href="{{LOGIN_PATH}}">Sign in</a></p>
</section>
{{/PAGE}}
