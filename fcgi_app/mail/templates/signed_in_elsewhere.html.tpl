{{%AUTOESCAPE context="HTML"}}
<p>Hello,</p>
<p>somebody signed in to your account at {{SITE}} just now, with the right password, from a network where the account was not used before.</p>
<p>If it was you, there is nothing to do. What happened lately stands on the page of <a href="{{ACCOUNT}}">your account</a>.</p>
<p>If it was not you, choose a new password at once; that ends every sign-in.</p>
<p><a class="button" href="{{RESET}}">Choose a new password</a></p>
