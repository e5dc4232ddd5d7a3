{{%AUTOESCAPE context="HTML"}}
{{!
For visitors who came by address; a GET changes nothing, so there is a button.
}}{{#PAGE_TITLE}}Sign out{{/PAGE_TITLE}}{{#PAGE}}
<section class="sheet door">
<h1>Sign out?</h1>
<p class="lead">This ends the sign-in of this browser. Your colours stay as they are.</p>
<form method="post" action="{{LOGOUT_PATH}}">
<button>Sign out</button>
</form>
<p class="otherwise"><a href="{{ACCOUNT_PATH}}">Back to your account</a></p>
</section>
{{/PAGE}}
