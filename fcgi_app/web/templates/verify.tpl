{{%AUTOESCAPE context="HTML"}}
{{!
Behind the link of the mail: the password makes the account.

  TOKEN  value
}}{{#PAGE_TITLE}}Choose a password{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Choose a password</h1>
<p class="lead">Your address is proven. One last step and you are in.</p>
<form method="post" action="{{VERIFY_PATH}}" novalidate>
<input type="hidden" name="token" value="{{TOKEN}}">
{{>NEW_PASSWORD}}
<button>Open my account</button>
</form>
</section>
{{/PAGE}}
