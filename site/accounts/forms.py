from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from django import forms

from accounts.choices import PURPOSES
from accounts.models import User


class OneWordForIt:
    """Everywhere on this site it is an e-mail address; allauth has its own word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("login", "email"):
            if name in self.fields:  # type: ignore[attr-defined]
                field = self.fields[name]  # type: ignore[attr-defined]
                field.label = "E-mail address"
                field.widget.attrs.pop("placeholder", None)
                field.error_messages["invalid"] = "Enter a valid e-mail address."


class SignInForm(OneWordForIt, LoginForm):
    pass


class CodeLoginForm(OneWordForIt, RequestLoginCodeForm):
    pass


class NewAccountForm(OneWordForIt, SignupForm):
    pass


class AnotherAddressForm(OneWordForIt, AddEmailForm):
    pass


class ForgottenPasswordForm(OneWordForIt, ResetPasswordForm):
    pass


class PlainWords:
    """The fields of a password in the words of this site, without what stands in them in grey."""

    labels = {"oldpassword": "Your password now", "password1": "New password", "password2": "The new password again"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            if name in self.fields:  # type: ignore[attr-defined]
                field = self.fields[name]  # type: ignore[attr-defined]
                field.label = label
                field.widget.attrs.pop("placeholder", None)


class FirstPasswordForm(PlainWords, SetPasswordForm):
    pass


class AnotherPasswordForm(PlainWords, ChangePasswordForm):
    pass


class PasswordAfterLinkForm(PlainWords, ResetPasswordKeyForm):
    pass


class PasswordLoginForm(OneWordForIt, LoginForm):
    """allauth drops the password field where signing up asks for none; who chose one later, and staff, keep it."""

    def _setup_password_field(self) -> None:
        pass


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": "Your name"}
        help_texts = {"name": "How we greet you here and in mails. Receipts carry the name you gave when you paid."}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class MailChoicesForm(forms.Form):
    """A switch for every kind of mail that may be refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in PURPOSES.values():
            self.fields[purpose.key] = forms.BooleanField(
                label=purpose.label, help_text=purpose.help_text, required=False
            )


class CloseForm(forms.Form):
    """Typed, not clicked: nothing brings an account back."""

    WORD = "close"

    confirmation = forms.CharField(
        label="Type the word close",
        max_length=20,
        help_text="So that nobody closes an account by one wrong click.",
        error_messages={"required": "Type the word close."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean_confirmation(self) -> str:
        typed = self.cleaned_data["confirmation"]
        if typed.strip().casefold() != self.WORD:
            raise forms.ValidationError("Type the word close, nothing else.")
        return typed
