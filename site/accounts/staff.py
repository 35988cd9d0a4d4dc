"""Users in the staff pages: our user has one name where Wagtail's forms expect two."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from accounts.models import User

FIELDS = ("email", "name", "is_superuser", "groups")


class StaffCreationForm(UserCreationForm):
    first_name = None
    last_name = None

    class Meta:
        model = User
        fields = FIELDS
        widgets = {"groups": forms.CheckboxSelectMultiple}


class StaffEditForm(UserEditForm):
    first_name = None
    last_name = None

    class Meta:
        model = User
        fields = (*FIELDS, "is_active")
        widgets = {"groups": forms.CheckboxSelectMultiple}


class StaffViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm


class StaffAccountView(AccountView):
    """Wagtail's preferences without its first and last name, which our user has not, and without the avatar,
    which would be stored as uploaded. People change their name in "My account"."""

    def get_panels(self) -> list[Any]:
        left_out = (NameEmailSettingsPanel, AvatarSettingsPanel)
        return [panel for panel in super().get_panels() if not isinstance(panel, left_out)]
