Subject: Your password at {{SITE}} was changed
Hello,

the password of your account at {{SITE}} was changed just now.

If it was you, there is nothing to do. What happened lately stands on the
page of your account:

{{ACCOUNT}}

If it was not you, choose a new password at once; that ends every sign-in:

{{RESET}}

{{SITE}}
{{ORIGIN}}
