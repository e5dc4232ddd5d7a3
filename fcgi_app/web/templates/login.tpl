{{%AUTOESCAPE context="HTML"}}
{{!
  EMAIL                value    as typed, after a refusal
  RETURN_TO            value    where the visitor wanted to go, or empty
  REMEMBER             section  the box was ticked
  NOTICE_SIGNED_OUT    section  comes from signing out
  NOTICE_PASSWORD_SET  section  comes from a password reset
  NOTICE_TWO_COOKIES   section  the browser sent two session cookies
  EMAIL_ERROR          section
    TEXT               value
  PASSWORD_ERROR       section
    TEXT               value
}}{{#PAGE_TITLE}}Sign in{{/PAGE_TITLE}}{{#PAGE}}
{{#NOTICE_SIGNED_OUT}}
<p class="notice good" role="status">You are signed out. See you soon.</p>
{{/NOTICE_SIGNED_OUT}}
{{#NOTICE_PASSWORD_SET}}
<p class="notice good" role="status">Your new password is set, and you are signed out everywhere. Please sign in with it.</p>
{{/NOTICE_PASSWORD_SET}}
{{#NOTICE_TWO_COOKIES}}
<p class="notice bad" role="status">Your browser sent two sign-ins at once, so neither counts. Please sign in again. If you see this again, delete the cookies of this site.</p>
{{/NOTICE_TWO_COOKIES}}
<section class="sheet door">
<h1>Sign in</h1>
<form method="post" action="{{LOGIN_PATH}}" novalidate>
<input type="hidden" name="return_to" value="{{RETURN_TO}}">
<div class="field">
<label for="email">E-mail address</label>
{{#EMAIL_ERROR}}
<p class="wrong" id="email-wrong">{{TEXT}}</p>
{{/EMAIL_ERROR}}
<input type="email" id="email" name="email" value="{{EMAIL}}" autocomplete="username" required{{#EMAIL_ERROR}} aria-invalid="true" aria-describedby="email-wrong"{{/EMAIL_ERROR}}{{#NO_ERRORS}} autofocus{{/NO_ERRORS}}>
</div>
<div class="field">
<label for="password">Password</label>
{{#PASSWORD_ERROR}}
<p class="wrong" id="password-wrong">{{TEXT}}</p>
{{/PASSWORD_ERROR}}
<input type="password" id="password" name="password" autocomplete="current-password" required maxlength="1024"{{#PASSWORD_ERROR}} aria-invalid="true" aria-describedby="password-wrong"{{/PASSWORD_ERROR}}>
</div>
<label class="tick"><input type="checkbox" name="remember" value="true"{{#REMEMBER}} checked{{/REMEMBER}}> Keep me signed in on this device</label>
<button>Sign in</button>
</form>
<p class="otherwise"><a href="{{RESET_PASSWORD_PATH}}">Forgot your password?</a>{{#REGISTRATION_OPEN}} <a href="{{REGISTER_PATH}}">Register</a>{{/REGISTRATION_OPEN}}</p>
</section>
{{/PAGE}}
