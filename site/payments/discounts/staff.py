"""Discount codes for staff: made, switched off, and who used them."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from payments.models import DiscountCode, DiscountUse
from receipts.money import format_amount
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView

SHOWN_USES = 100


def state_of(code: DiscountCode) -> str:
    now = timezone.now()
    if not code.is_active:
        return "Switched off"
    if code.starts_at and now < code.starts_at:
        return "To come"
    if code.ends_at and now >= code.ends_at:
        return "Over"
    return "Used up" if code.most_uses is not None and code.uses >= code.most_uses else "Can be used"


def uses_of(code: DiscountCode) -> str:
    return f"{code.uses} of {code.most_uses}" if code.most_uses is not None else str(code.uses)


class DiscountCodeForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.currency = self.instance.currency or settings.REPORTING_CURRENCY

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if any(sign.isspace() for sign in code) or not code.isprintable():
            raise ValidationError("A code has no spaces in it.")
        if DiscountCode.objects.filter(code__iexact=code).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is a code of this name.")
        return code

    def clean_most_uses(self) -> int | None:
        most: int | None = self.cleaned_data["most_uses"]
        uses = DiscountCode.objects.filter(pk=self.instance.pk).values_list("uses", flat=True).first() or 0
        if most is not None and most < uses:
            raise ValidationError(f"It has been used {uses} times already. Untick “can be used” to stop it.")
        return most

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not {"percent", "amount"} & self.errors.keys():
            if cleaned.get("percent") is not None and cleaned.get("amount") is not None:
                self.add_error("amount", "Enter a percent or an amount, and not both.")
            elif cleaned.get("percent") is None and cleaned.get("amount") is None:
                self.add_error("percent", "Enter a percent, or an amount.")
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "It must end after it starts.")
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> DiscountCode:
        """Without the number of uses: customers go on using it while staff look at the form."""
        code: DiscountCode = super().save(commit=False)
        if commit:
            code.save(update_fields=list(self.fields) if code.pk else None)
        return code


class DiscountCodeFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        choices=[("usable", "Can be used"), ("not", "Can’t be used")],
        label="State",
        method="filter_state",
        empty_label="All",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = DiscountCode
        fields: list[str] = []

    def filter_state(self, codes: QuerySet[DiscountCode], name: str, state: str) -> QuerySet[DiscountCode]:
        usable = DiscountCode.objects.usable(timezone.now()).with_uses_left()
        return codes.filter(pk__in=usable) if state == "usable" else codes.exclude(pk__in=usable)


class DiscountCodeIndexView(BooksIndexView):
    page_title = "Discount codes"
    looks_in = ("code", "note")
    any_permission_required = ["add", "change", "view"]


class DiscountCodeInspectView(BooksInspectView):
    page_title = "Discount code"
    any_permission_required = ["add", "change", "view"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        code: DiscountCode = self.object
        shown = code.all_uses.exclude(state=DiscountUse.State.NEW).select_related("payer")
        used = code.all_uses.filter(state=DiscountUse.State.USED).aggregate(
            count=Count("pk"), total=Sum("amount", default=0), over=Count("pk", filter=Q(is_over=True))
        )
        return {
            **context,
            "code": code,
            "state": state_of(code),
            "used": used,
            "taken_off": format_amount(used["total"], code.currency),
            "held": code.all_uses.filter(state=DiscountUse.State.HELD).count(),
            "uses": shown[:SHOWN_USES],
            "shown_uses": SHOWN_USES,
        }


class DiscountCodeViewSet(ModelViewSet):
    model = DiscountCode
    name = "discount_codes"
    icon = "tag"
    menu_label = "Discount codes"
    index_view_class = DiscountCodeIndexView
    inspect_view_class = DiscountCodeInspectView
    inspect_view_enabled = True
    inspect_template_name = "payments/staff/discount_code.html"
    filterset_class = DiscountCodeFilterSet
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        TitleColumn("code", url_name="discount_codes:inspect", sort_key="code"),
        Column("worth", label="Takes off", classname="books-number"),
        Column("uses", label="Uses", accessor=uses_of, sort_key="uses", classname="books-number"),
        Column("state", label="State", accessor=state_of),
        MomentColumn("ends_at", label="Until", sort_key="ends_at"),
        Column("note"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("code"),
            FieldPanel("note"),
            FieldRowPanel([FieldPanel("percent"), FieldPanel("amount")]),
            FieldPanel("least_total"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                    FieldRowPanel([FieldPanel("most_uses"), FieldPanel("most_uses_per_payer")]),
                    FieldPanel("is_active"),
                ],
                heading="When and how often",
            ),
        ],
        base_form_class=DiscountCodeForm,
    )
