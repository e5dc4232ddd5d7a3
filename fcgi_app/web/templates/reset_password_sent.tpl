{{%AUTOESCAPE context="HTML"}}
{{!
The same for every address, known or not.
}}{{#PAGE_TITLE}}Check your mail{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Check your mail</h1>
<p class="lead">If there is an account with that address, a link is on its way to it. The link works once, and for an hour.</p>
<p>Nothing after a few minutes? Have a look at the spam folder, or <a href="{{RESET_PASSWORD_PATH}}">ask again</a>. Only the newest link works.</p>
<p class="otherwise"><a href="{{LOGIN_PATH}}">Back to sign in</a></p>
</section>
{{/PAGE}}
