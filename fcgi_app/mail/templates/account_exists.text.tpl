Subject: You already have an account at {{SITE}}
Hello,

somebody, hopefully you, tried to register at {{SITE}} with this address.
You already have an account there, so nothing was changed. Sign in here:

{{SIGN_IN}}

If you do not remember your password, choose a new one here:

{{RESET}}

If it was not you, do nothing: your account is as it was.

{{SITE}}
{{ORIGIN}}
