{{%AUTOESCAPE context="HTML"}}
<p>Hello,</p>
<p>somebody, hopefully you, asked for an account at {{SITE}} with this address. Confirm that the address is yours and choose a password:</p>
<p><a class="button" href="{{LINK}}">Confirm my address</a></p>
<p>Or type this code into the page where you registered:</p>
<p class="code">{{CODE}}</p>
<p>Link and code work until {{EXPIRES}}. If it was not you, do nothing: no account is made without this mail.</p>
<p class="small">Does the button not work? Open this address:<br>{{LINK}}</p>
