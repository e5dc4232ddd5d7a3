{{%AUTOESCAPE context="HTML"}}
{{!
"Check your mail", in a browser that did not ask for one, or too long ago.
}}{{#PAGE_TITLE}}Check your mail{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Check your mail</h1>
<p class="lead">Please follow the link in the mail that we sent you. Its code works only in the browser that asked for it.</p>
<p class="choices">{{#REGISTRATION_OPEN}}<a class="button" href="{{REGISTER_PATH}}">Ask for a new mail</a> {{/REGISTRATION_OPEN}}<a class="button quiet" href="{{LOGIN_PATH}}">Sign in</a></p>
</section>
{{/PAGE}}
