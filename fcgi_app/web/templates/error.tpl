{{%AUTOESCAPE context="HTML"}}
{{!
  STATUS       value    404
  TITLE        value    what happened, in a few words
  TEXT         value    what to do about it
  REQUEST_ID   value    stands in the log, too
  RETRY_AFTER  section  it is worth another try
    SECONDS    value
}}{{#PAGE_TITLE}}{{TITLE}}{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>{{TITLE}}</h1>
<p class="lead">{{TEXT}}</p>
{{#RETRY_AFTER}}
<p class="lead">Please try again in {{SECONDS}} seconds.</p>
{{/RETRY_AFTER}}
<p class="choices"><a class="button" href="{{ACCOUNT_PATH}}">Your account</a> <a class="button quiet" href="{{HOME_PATH}}">Start page</a></p>
<p class="otherwise hint">Error {{STATUS}} · If you ask for help, please mention <code>{{REQUEST_ID}}</code></p>
</section>
{{/PAGE}}
