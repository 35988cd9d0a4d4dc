"""Who teaches. Where a log-in is given, that person sees their own sessions once they are in the group "Trainers"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.urls import URLPattern
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.models import User
from receipts.staff.viewset import BooksIndexView
from training.models import Trainer
from training.roles import TRAINERS


class TrainerForm(WagtailAdminModelForm):
    email = forms.EmailField(
        label="E-mail of their log-in",
        required=False,
        help_text=f"Only of who is in the group “{TRAINERS}”. They then see their own sessions, and no others.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user:
            self.initial["email"] = self.instance.user.email

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.user = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
        if email and (self.user is None or not self.user.groups.filter(name=TRAINERS).exists()):
            raise ValidationError(f"Nobody in the group “{TRAINERS}” logs in with this address.")
        if self.user and Trainer.objects.filter(user=self.user).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another trainer has this log-in.")
        return email

    def save(self, commit: bool = True) -> Trainer:
        self.instance.user = self.user
        trainer: Trainer = super().save(commit)
        return trainer


class TrainerIndexView(BooksIndexView):
    page_title = "Trainers"
    looks_in = ("name",)

    def get_base_queryset(self) -> QuerySet[Trainer]:
        return Trainer.objects.annotate(teaches=Count("sessions"))


class TrainerViewSet(ModelViewSet):
    model = Trainer
    name = "trainers"
    icon = "user"
    menu_label = "Trainers"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = TrainerIndexView
    ordering = "name"
    list_per_page = 50
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldPanel("about"), FieldPanel("email")], base_form_class=TrainerForm
    )
    list_display = [
        TitleColumn("name", url_name="trainers:edit", sort_key="name"),
        Column("teaches", label="Sessions", classname="books-number"),
        BooleanColumn("has_login", label="Log-in", accessor=lambda one: one.user_id is not None),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(
            **{"delete_url_name": None, "usage_url_name": None, **kwargs}
        )
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        # Who taught stands on certificates.
        return [one for one in super().get_urlpatterns() if one.name not in ("delete", "usage")]
