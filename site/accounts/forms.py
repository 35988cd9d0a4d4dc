from __future__ import annotations

from allauth.account.forms import LoginForm
from django import forms

from accounts.models import User


class PasswordLoginForm(LoginForm):
    """The staff's log-in. allauth drops the password field where signing up asks for none; staff keep it."""

    def _setup_password_field(self) -> None:
        pass


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": "Your name"}
        help_texts = {"name": "How we greet you here and in mails. Receipts carry the name you gave when you paid."}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
