Subject: A sign-in to your account at {{SITE}} from somewhere new
Hello,

somebody signed in to your account at {{SITE}} just now, with the right
password, from a network where the account was not used before.

If it was you, there is nothing to do. What happened lately stands on the
page of your account:

{{ACCOUNT}}

If it was not you, choose a new password at once; that ends every sign-in:

{{RESET}}

{{SITE}}
{{ORIGIN}}
