{{%AUTOESCAPE context="HTML"}}
{{!
Asks for an address. The password is chosen once the mailbox is proven.

  EMAIL        value    as typed, after a refusal
  NAME         value    as typed, after a refusal
  EMAIL_ERROR  section
    TEXT       value
  NAME_ERROR   section
    TEXT       value
}}{{#PAGE_TITLE}}Register{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Register</h1>
<p class="lead">We send you a mail to see that the address is yours. Then you choose a password.</p>
<form method="post" action="{{REGISTER_PATH}}" novalidate>
<div class="field">
<label for="email">E-mail address</label>
{{#EMAIL_ERROR}}
<p class="wrong" id="email-wrong">{{TEXT}}</p>
{{/EMAIL_ERROR}}
<input type="email" id="email" name="email" value="{{EMAIL}}" autocomplete="email" required{{#EMAIL_ERROR}} aria-invalid="true" aria-describedby="email-wrong"{{/EMAIL_ERROR}}{{#NO_ERRORS}} autofocus{{/NO_ERRORS}}>
</div>
<div class="field">
<label for="name">Name <span class="aside">(optional)</span></label>
<p class="hint" id="name-hint">What we should call you.</p>
{{#NAME_ERROR}}
<p class="wrong" id="name-wrong">{{TEXT}}</p>
{{/NAME_ERROR}}
<input id="name" name="name" value="{{NAME}}" autocomplete="name" aria-describedby="{{#NAME_ERROR}}name-wrong {{/NAME_ERROR}}name-hint"{{#NAME_ERROR}} aria-invalid="true"{{/NAME_ERROR}}>
</div>
<button>Send me the mail</button>
</form>
<p class="otherwise">Already registered? <a href="{{LOGIN_PATH}}">Sign in</a></p>
</section>
{{/PAGE}}
