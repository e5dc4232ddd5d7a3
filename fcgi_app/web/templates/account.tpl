{{%AUTOESCAPE context="HTML"}}
{{!
  NAME                     value    in the field: as stored, or as typed after a refusal
  EMAIL                    value
  MEMBER_SINCE             value    a date in words
  ROLES                    section  the account has some
    NAMES                  value    "admin, members"
  SESSIONS                 list     the browser in use first
    ID                     value
    DEVICE                 value    "Firefox on Linux"
    CLIENT                 value    network address
    FIRST                  value    a time in words
    LAST                   value    a time in words
    CURRENT                section  this browser
    OTHER                  section  not this browser; it can be signed out
  OTHER_SESSIONS           section  there is one besides this browser
  EVENTS                   list     what happened to the account, the newest first
    TEXT                   value    "Signed in"
    WHEN                   value    a time in words
    FROM                   section  it came over the network
      CLIENT               value    network address
  NAME_ERROR               section
    TEXT                   value
  NOTICE_WELCOME           section  the account was just opened
  NOTICE_NAME_SAVED        section
  NOTICE_PASSWORD_CHANGED  section
  NOTICE_SESSION_ENDED     section  one, or all others
}}{{#PAGE_TITLE}}Your account{{/PAGE_TITLE}}{{#PAGE}}
{{#NOTICE_WELCOME}}
<p class="notice good" role="status">Welcome! Your account is open.</p>
{{/NOTICE_WELCOME}}
{{#NOTICE_NAME_SAVED}}
<p class="notice good" role="status">Your name is saved.</p>
{{/NOTICE_NAME_SAVED}}
{{#NOTICE_PASSWORD_CHANGED}}
<p class="notice good" role="status">Your password is changed. Every other browser is signed out.</p>
{{/NOTICE_PASSWORD_CHANGED}}
{{#NOTICE_SESSION_ENDED}}
<p class="notice good" role="status">Signed out, as you asked.</p>
{{/NOTICE_SESSION_ENDED}}
<div class="wide">
<h1>Your account</h1>
<section class="sheet" aria-labelledby="profile">
<h2 id="profile">Profile</h2>
<dl>
<div><dt>E-mail address</dt><dd>{{EMAIL}}</dd></div>
<div><dt>Member since</dt><dd>{{MEMBER_SINCE}}</dd></div>
{{#ROLES}}
<div><dt>Roles</dt><dd>{{NAMES}}</dd></div>
{{/ROLES}}
</dl>
<form method="post" action="{{PROFILE_PATH}}" novalidate>
<div class="field">
<label for="name">Name</label>
<p class="hint" id="name-hint">What we should call you. It may be empty.</p>
{{#NAME_ERROR}}
<p class="wrong" id="name-wrong">{{TEXT}}</p>
{{/NAME_ERROR}}
<div class="beside">
<input id="name" name="name" value="{{NAME}}" autocomplete="name" aria-describedby="{{#NAME_ERROR}}name-wrong {{/NAME_ERROR}}name-hint"{{#NAME_ERROR}} aria-invalid="true"{{/NAME_ERROR}}>
<button>Save</button>
</div>
</div>
</form>
</section>
<section class="sheet" aria-labelledby="password">
<h2 id="password">Password</h2>
<p>A new password signs out every other browser.</p>
<p><a class="button quiet" href="{{PASSWORD_PATH}}">Change your password</a></p>
</section>
<section class="sheet" aria-labelledby="sessions">
<h2 id="sessions">Where you are signed in</h2>
<ul class="sessions">
{{#SESSIONS}}
<li>
<div>
<strong>{{DEVICE}}</strong>{{#CURRENT}} <span class="badge">This browser</span>{{/CURRENT}}
<p class="hint">Last used {{LAST}}</p>
<p class="hint">Signed in {{FIRST}} from {{CLIENT}}</p>
</div>
{{#OTHER}}
<form method="post" action="{{SESSIONS_END_PATH}}">
<input type="hidden" name="id" value="{{ID}}">
<button class="quiet">Sign out<span class="unseen"> {{DEVICE}}, last used {{LAST}}</span></button>
</form>
{{/OTHER}}
</li>
{{/SESSIONS}}
</ul>
{{#OTHER_SESSIONS}}
<form method="post" action="{{SESSIONS_END_PATH}}">
<input type="hidden" name="all" value="others">
<button class="quiet">Sign out everywhere else</button>
</form>
{{/OTHER_SESSIONS}}
</section>
<section class="sheet" aria-labelledby="lately">
<h2 id="lately">What happened lately</h2>
<ul class="sessions">
{{#EVENTS}}
<li>
<div>
<strong>{{TEXT}}</strong>
<p class="hint">{{WHEN}}{{#FROM}} from {{CLIENT}}{{/FROM}}</p>
</div>
</li>
{{/EVENTS}}
</ul>
<p class="hint">Something here that was not you? Change your password; that signs out every other browser.</p>
</section>
</div>
{{/PAGE}}
