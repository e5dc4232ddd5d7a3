{{%AUTOESCAPE context="HTML"}}
{{!
  EMAIL        value    as typed, after a refusal
  EMAIL_ERROR  section
    TEXT       value
}}{{#PAGE_TITLE}}Forgot your password?{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Forgot your password?</h1>
<p class="lead">It happens. Tell us your address, and we send you a link to choose a new one.</p>
<form method="post" action="{{RESET_PASSWORD_PATH}}" novalidate>
<div class="field">
<label for="email">E-mail address</label>
{{#EMAIL_ERROR}}
<p class="wrong" id="email-wrong">{{TEXT}}</p>
{{/EMAIL_ERROR}}
<input type="email" id="email" name="email" value="{{EMAIL}}" autocomplete="username" required{{#EMAIL_ERROR}} aria-invalid="true" aria-describedby="email-wrong"{{/EMAIL_ERROR}}{{#NO_ERRORS}} autofocus{{/NO_ERRORS}}>
</div>
<button>Send me the link</button>
</form>
<p class="otherwise">Remembered it? <a href="{{LOGIN_PATH}}">Sign in</a></p>
</section>
{{/PAGE}}
