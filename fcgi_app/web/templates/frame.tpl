{{%AUTOESCAPE context="HTML"}}
{{!
The frame around every page. Each other template has two sections: PAGE_TITLE, one line for the
tab and the history, and PAGE, the content of <main>.

Model, for every page; a page may use any of these without declaring it again.
  SITE_NAME                    value    how the site calls itself
  HOME_PATH                    value    where the site's name leads
  THEME                        value    auto, light or dark
  STYLE_PATH                   value
  ICON_PATH                    value
  CURRENT_PATH                 value    this page, to come back to after a change of theme
  LOGIN_PATH                   value
  REGISTER_PATH                value
  VERIFY_PATH                  value
  VERIFY_RESEND_PATH           value
  LOGOUT_PATH                  value
  RESET_PASSWORD_PATH          value
  RESET_PASSWORD_CONFIRM_PATH  value
  ACCOUNT_PATH                 value
  PROFILE_PATH                 value
  PASSWORD_PATH                value
  SESSIONS_END_PATH            value
  SETTINGS_PATH                value
  MAILBOX_PATH                 value
  MIN_LENGTH                   value    of a password, in characters
  REGISTRATION_OPEN            section  visitors may register
  ANONYMOUS                    section  nobody is signed in
  SIGNED_IN                    section
    ACCOUNT_LABEL              value    the name, or the address
  ERRORS                       list     what was refused, in the order of the fields
    FIELD                      value    the id of the field that it is about
    TEXT                       value

Shown by Pages itself, from ERRORS and THEME.
  HAS_ERRORS                   section
  NO_ERRORS                    section  the first field takes the focus
  THEME_AUTO                   section
  THEME_LIGHT                  section
  THEME_DARK                   section

Includes.
  TITLE_OF_PAGE                include
  CONTENT_OF_PAGE              include
  NEW_PASSWORD                 include  new_password.tpl, for pages that set a password
}}<!doctype html>
<html lang="en" data-theme="{{THEME}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{#HAS_ERRORS}}Error: {{/HAS_ERRORS}}{{>TITLE_OF_PAGE}} · {{SITE_NAME}}</title>
<link rel="icon" type="image/svg+xml" href="{{ICON_PATH}}">
<link rel="stylesheet" href="{{STYLE_PATH}}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="{{HOME_PATH}}"><img src="{{ICON_PATH}}" width="28" height="28" alt=""> {{SITE_NAME}}</a>
<nav aria-label="Account">
{{#SIGNED_IN}}
<a href="{{ACCOUNT_PATH}}">{{ACCOUNT_LABEL}}</a>
<form method="post" action="{{LOGOUT_PATH}}"><button class="quiet">Sign out</button></form>
{{/SIGNED_IN}}
{{#ANONYMOUS}}
<a href="{{LOGIN_PATH}}">Sign in</a>
{{#REGISTRATION_OPEN}}
<a href="{{REGISTER_PATH}}">Register</a>
{{/REGISTRATION_OPEN}}
{{/ANONYMOUS}}
</nav>
</header>
<main id="content" tabindex="-1">
{{#HAS_ERRORS}}
<div class="notice bad" role="alert" tabindex="-1" autofocus>
<h2>That did not work yet</h2>
<ul>
{{#ERRORS}}
<li><a href="#{{FIELD}}">{{TEXT}}</a></li>
{{/ERRORS}}
</ul>
</div>
{{/HAS_ERRORS}}
{{>CONTENT_OF_PAGE}}
</main>
<footer>
<form class="theme" method="post" action="{{SETTINGS_PATH}}">
<input type="hidden" name="return_to" value="{{CURRENT_PATH}}">
<fieldset>
<legend>Colours</legend>
<button name="theme" value="auto"{{#THEME_AUTO}} aria-current="true"{{/THEME_AUTO}}>Auto</button>
<button name="theme" value="light"{{#THEME_LIGHT}} aria-current="true"{{/THEME_LIGHT}}>Light</button>
<button name="theme" value="dark"{{#THEME_DARK}} aria-current="true"{{/THEME_DARK}}>Dark</button>
</fieldset>
</form>
</footer>
</body>
</html>
