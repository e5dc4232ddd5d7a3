{{%AUTOESCAPE context="HTML"}}
{{!
The field for a new password, with the advice that goes with it.

  PASSWORD_ERROR  section
    TEXT          value
}}<div class="field">
<label for="password">New password</label>
<p class="hint" id="password-hint">At least {{MIN_LENGTH}} characters. Four or five unrelated words are easy to remember and hard to guess. Password managers are welcome.</p>
{{#PASSWORD_ERROR}}
<p class="wrong" id="password-wrong">{{TEXT}}</p>
{{/PASSWORD_ERROR}}
<input type="password" id="password" name="password" autocomplete="new-password" required minlength="{{MIN_LENGTH}}" maxlength="1024" aria-describedby="{{#PASSWORD_ERROR}}password-wrong {{/PASSWORD_ERROR}}password-hint"{{#PASSWORD_ERROR}} aria-invalid="true"{{/PASSWORD_ERROR}}>
</div>
