{{%AUTOESCAPE context="HTML"}}
<p>Hello,</p>
<p>somebody, hopefully you, asked for a new password for your account at {{SITE}}.</p>
<p><a class="button" href="{{LINK}}">Choose a new password</a></p>
<p>The link works once, until {{EXPIRES}}. If it was not you, do nothing: your password stays as it is.</p>
<p class="small">Does the button not work? Open this address:<br>{{LINK}}</p>
