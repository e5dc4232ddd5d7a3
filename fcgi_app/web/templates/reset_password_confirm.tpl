{{%AUTOESCAPE context="HTML"}}
{{!
Behind the link of the mail.

  TOKEN  value
}}{{#PAGE_TITLE}}Choose a new password{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Choose a new password</h1>
<p class="lead">This signs you out everywhere. Then sign in with the new password.</p>
<form method="post" action="{{RESET_PASSWORD_CONFIRM_PATH}}" novalidate>
<input type="hidden" name="token" value="{{TOKEN}}">
{{>NEW_PASSWORD}}
<button>Set the new password</button>
</form>
</section>
{{/PAGE}}
