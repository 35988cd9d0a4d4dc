"""Staff screens of consents: recorded by one, reviewed by another, withdrawn by either. Who gave one is apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from pages.consent import uses
from pages.consent_staff.acting import LookView, ReviewView, WithdrawView
from pages.consent_staff.forms import ConsentForm
from pages.models import Consent
from pages.models.consents import Channel, Scope

STATES = [("live", "Live"), ("review", "To review"), ("soon", "Ends within 60 days"), ("over", "Over")]
SOON = 60


def state_of(consent: Consent) -> str:
    return consent.state_on(timezone.localdate())


class DayColumn(Column):
    def get_value(self, instance: Any) -> str:
        return date_format(getattr(instance, self.name), "j M Y")


def what_and_where(consent: Consent) -> str:
    scopes = ", ".join(scope.name.lower() for scope in consent.scopes)
    return f"{scopes} · {', '.join(channel.name.lower() for channel in consent.channels)}"


class ConsentFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(choices=STATES, label="State", method="filter_state")

    class Meta:
        model = Consent
        fields: list[str] = []

    def filter_state(self, consents: Any, name: str, wanted: str) -> QuerySet[Consent]:
        today = timezone.localdate()
        live = consents.live(today)
        found: QuerySet[Consent] = {
            "live": live,
            "review": consents.filter(reviewed_at=None, withdrawn_at=None, until__gte=today),
            "soon": live.filter(until__lte=date.fromordinal(today.toordinal() + SOON)),
            "over": consents.over(today),
        }[wanted]
        return found


class ConsentIndexView(generic.IndexView):
    page_title = "Consents"
    any_permission_required = ["view"]
    is_searchable = True

    def search_queryset(self, queryset: Any) -> Any:
        text = (self.search_query or "").replace("\x00", "").strip()[:80]
        return queryset.filter(Q(alias__icontains=text)) if text else queryset


class ConsentEditView(generic.EditView):
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        over = Consent.objects.over(timezone.localdate()).filter(pk=self.kwargs["pk"])
        if self.user_has_permission("change") and over.exists():
            # What is over stays as it was: a person who agrees again gives a new one.
            return redirect("consents:inspect", self.kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("consents:inspect", args=[self.object.pk])


class ConsentInspectView(generic.InspectView):
    any_permission_required = ["view"]
    page_title = "Consent"

    def get_fields(self) -> list[str]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consent, today = self.object, timezone.localdate()
        user = self.request.user
        state = consent.state_on(today)
        waits = consent.reviewed_at is None and state in ("to review", "to come")
        return {
            **super().get_context_data(**kwargs),
            "consent": consent,
            "state": state,
            "is_over": state in ("withdrawn", "expired"),
            "uses": uses(consent),
            "is_own": consent.recorded_by_id == user.pk,
            "may_review": waits and user.has_perm("pages.review_consent"),
            # Nobody can call these back; the person is told so.
            "cannot_be_recalled": [one for one in consent.channels if one in (Channel.PRINT, Channel.SOCIAL)],
        }


class ConsentViewSet(ModelViewSet):
    model = Consent
    name = "consents"
    icon = "user"
    menu_label = "Consents"
    menu_order = 320
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = ConsentIndexView
    edit_view_class = ConsentEditView
    inspect_view_class = ConsentInspectView
    inspect_template_name = "pages/staff/consent.html"
    filterset_class = ConsentFilterSet
    list_per_page = 50
    list_display = [
        TitleColumn("alias", url_name="consents:inspect", sort_key="alias"),
        StatusTagColumn("state", label="State", accessor=state_of, primary=lambda one: state_of(one) == "live"),
        Column("what", label="What and where", accessor=what_and_where),
        DayColumn("given_on", label="Given", sort_key="given_on"),
        DayColumn("until", label="Last day", sort_key="until"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("alias"), FieldPanel("person")]),
            MultiFieldPanel([FieldPanel(f"scope_{scope}") for scope in Scope], heading="What may be shown"),
            MultiFieldPanel(
                [*(FieldPanel(f"channel_{channel}") for channel in Channel), FieldPanel("countries")],
                heading="Where it may be shown",
            ),
            FieldRowPanel([FieldPanel("given_on"), FieldPanel("until")], heading="From when to when"),
        ],
        base_form_class=ConsentForm,
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(
            **{"delete_url_name": None, "usage_url_name": None, **kwargs}
        )
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [one for one in super().get_urlpatterns() if one.name not in ("delete", "usage")]
        return [
            *kept,
            path("review/<int:pk>/", require_admin_access(ReviewView.as_view()), name="review"),
            path("withdraw/<int:pk>/", require_admin_access(WithdrawView.as_view()), name="withdraw"),
            path("person/<int:pk>/", require_admin_access(LookView.as_view()), name="person"),
        ]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        return Permission.objects.filter(content_type__app_label="pages", content_type__model="consent")
