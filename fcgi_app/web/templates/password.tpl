{{%AUTOESCAPE context="HTML"}}
{{!
  EMAIL                   value    of the account, for password managers
  CURRENT_PASSWORD_ERROR  section
    TEXT                  value
}}{{#PAGE_TITLE}}Change your password{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Change your password</h1>
<p class="lead">You stay signed in here. Every other browser is signed out.</p>
<form method="post" action="{{PASSWORD_PATH}}" novalidate>
<input type="email" value="{{EMAIL}}" autocomplete="username" readonly hidden>
<div class="field">
<label for="current_password">Current password</label>
{{#CURRENT_PASSWORD_ERROR}}
<p class="wrong" id="current_password-wrong">{{TEXT}}</p>
{{/CURRENT_PASSWORD_ERROR}}
<input type="password" id="current_password" name="current_password" autocomplete="current-password" required maxlength="1024"{{#CURRENT_PASSWORD_ERROR}} aria-invalid="true" aria-describedby="current_password-wrong"{{/CURRENT_PASSWORD_ERROR}}{{#NO_ERRORS}} autofocus{{/NO_ERRORS}}>
</div>
{{>NEW_PASSWORD}}
<button>Change the password</button>
</form>
<p class="otherwise"><a href="{{ACCOUNT_PATH}}">Back to your account</a></p>
</section>
{{/PAGE}}
