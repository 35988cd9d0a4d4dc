"""What goes back when somebody cancels: rules that courses and events name, shown before anybody pays."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from receipts.staff.viewset import BooksIndexView
from training.models import RefundRules


class RulesForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        rows = [row for row in self.formsets["steps"].forms if row.is_valid() and not row.cleaned_data.get("DELETE")]
        seen: set[int] = set()
        least = 0
        for row in sorted(rows, key=lambda row: row.cleaned_data.get("days_before") or 0):
            days, percent = row.cleaned_data.get("days_before"), row.cleaned_data.get("percent")
            if days is None or percent is None:
                continue
            if days in seen:
                row.add_error("days_before", "There is a step for this day already.")
            elif percent < least:
                row.add_error("percent", "Who cancels earlier gets no less back than who cancels later.")
            seen.add(days)
            least = max(least, percent)
        return cleaned


def in_words(rules: RefundRules) -> str:
    steps = sorted(rules.steps.all(), key=lambda step: -step.days_before)
    return ", ".join(f"{step.percent} % until {step.days_before} days before" for step in steps) or "Nothing"


class RulesIndexView(BooksIndexView):
    page_title = "Refund rules"

    def get_base_queryset(self) -> QuerySet[RefundRules]:
        return RefundRules.objects.prefetch_related("steps").annotate(used=Count("pages"))


class RefundRulesViewSet(ModelViewSet):
    model = RefundRules
    name = "refund_rules"
    icon = "undo"
    menu_label = "Refund rules"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = RulesIndexView
    ordering = "name"
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            InlinePanel(
                "steps",
                heading="What goes back",
                label="step",
                panels=[FieldRowPanel([FieldPanel("days_before"), FieldPanel("percent")])],
            ),
            FieldPanel("move_days"),
        ],
        base_form_class=RulesForm,
    )
    list_display = [
        TitleColumn("name", url_name="refund_rules:edit", sort_key="name"),
        Column("steps", label="What goes back", accessor=in_words),
        Column("used", label="Courses and events", classname="books-number"),
    ]
