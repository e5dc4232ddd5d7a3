Subject: Choose a new password for {{SITE}}
Hello,

somebody, hopefully you, asked for a new password for your account at {{SITE}}.
To choose one, open this link:

{{LINK}}

It works once, until {{EXPIRES}}.

If it was not you, do nothing: your password stays as it is.

{{SITE}}
{{ORIGIN}}
