{{%AUTOESCAPE context="HTML"}}
<p>Hello,</p>
<p>somebody, hopefully you, tried to register at {{SITE}} with this address. You already have an account there, so nothing was changed.</p>
<p><a class="button" href="{{SIGN_IN}}">Sign in</a></p>
<p>If you do not remember your password, <a href="{{RESET}}">choose a new one</a>.</p>
<p>If it was not you, do nothing: your account is as it was.</p>
