{{%AUTOESCAPE context="HTML"}}
<p>Hello,</p>
<p>this is the test mail that the operator of {{SITE}} asked for. It went the same way as every other mail: through the outbox to the relay.</p>
