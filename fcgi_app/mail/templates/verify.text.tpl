Subject: Confirm your address for {{SITE}}
Hello,

somebody, hopefully you, asked for an account at {{SITE}} with this address.
To confirm that the address is yours and choose a password, open this link:

{{LINK}}

Or type this code into the page where you registered:

{{CODE}}

Link and code work until {{EXPIRES}}.

If it was not you, do nothing: no account is made without this mail.

{{SITE}}
{{ORIGIN}}
