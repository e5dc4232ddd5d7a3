{{%AUTOESCAPE context="HTML"}}
{{!
Held mails, for development: nothing leaves the machine.

  NO_MAILS     section
  MAILS        list     newest first
    ID         value
    WHEN       value    a time in words
    RECIPIENT  value
    SUBJECT    value
    TEXT       value    the plain text part
    LINK       section  the mail has one
      HREF     value
}}{{#PAGE_TITLE}}Mailbox{{/PAGE_TITLE}}{{#PAGE}}
<div class="wide">
<h1>Mailbox</h1>
<p class="lead">Mails are held here instead of being sent. Only a development machine has this page. <a href="{{MAILBOX_PATH}}">Look again</a></p>
{{#NO_MAILS}}
<section class="sheet">
<h2>No mail yet</h2>
{{#REGISTRATION_OPEN}}
<p><a href="{{REGISTER_PATH}}">Register</a> an address, any address, and its mail lands here.</p>
{{/REGISTRATION_OPEN}}
</section>
{{/NO_MAILS}}
{{#MAILS}}
<article class="sheet" aria-labelledby="mail-{{ID}}">
<h2 id="mail-{{ID}}">{{SUBJECT}}</h2>
<p class="hint">To {{RECIPIENT}} · {{WHEN}}</p>
{{#LINK}}
<p><a class="button" href="{{HREF}}">Open the link<span class="unseen"> of this mail to {{RECIPIENT}}</span></a></p>
{{/LINK}}
<details>
<summary>Read the mail</summary>
<pre>{{TEXT:pre_escape}}</pre>
</details>
</article>
{{/MAILS}}
</div>
{{/PAGE}}
