"""Sessions: the listing, the form, and one session with all that is known of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies.base import BasePermissionPolicy

from receipts.staff.columns import MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView
from training.models import Session
from training.sessions.seats import TooFew
from training.staff.details import details_of
from training.staff.filters import SessionFilterSet
from training.staff.rows import listed, seats_of, title_of, when, with_money
from training.staff.seen import SessionPolicy, sessions_for
from training.staff.session_forms import MeetingsPanel, SessionForm
from training.staff.telling import standing
from training.staff.urls import session_actions

REPORTS = "training.view_trainingreport"
KEPT = ("index", "index_results", "add", "edit", "inspect")
PLACE = MultiFieldPanel(
    [
        FieldPanel("time_zone", classname="training-zone"),
        FieldRowPanel([FieldPanel("place"), FieldPanel("language")]),
        FieldPanel("address"),
        FieldRowPanel([FieldPanel("is_online"), FieldPanel("join_url")]),
    ],
    heading="Where",
)
DAYS = MeetingsPanel(
    "meetings",
    heading="When",
    label="day",
    panels=[
        FieldRowPanel([FieldPanel("day"), FieldPanel("starts"), FieldPanel("ends"), FieldPanel("ends_on")]),
        FieldPanel("topic"),
    ],
)
SEATS = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("seats"), FieldPanel("takes_applications")]),
        FieldRowPanel([FieldPanel("books_from"), FieldPanel("books_until")]),
        FieldRowPanel([FieldPanel("has_waiting_list"), FieldPanel("offer_hours")]),
    ],
    heading="Seats",
)
REPLAY = MultiFieldPanel(
    [
        FieldPanel("replay"),
        FieldPanel("replay_until"),
        FieldPanel("replay_groups", widget=forms.CheckboxSelectMultiple),
    ],
    heading="Replay",
    classname="collapsed",
)


class SessionIndexView(BooksIndexView):
    page_title = "Sessions"
    looks_in = ("page__title", "name", "place")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = [self.add_button] if self.add_url and self.user_has_permission("add") else []
        return [*buttons, HeaderButton("Calendar", url=reverse("training_sessions:calendar"), icon_name="date")]

    def get_base_queryset(self) -> QuerySet[Session]:
        return listed(sessions_for(self.request.user))

    @property
    def columns(self) -> list[Column]:
        columns: list[Column] = super().columns
        may_see = self.request.user.has_perm(REPORTS)
        return [column for column in columns if may_see or column.name != "income"]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if self.request.user.has_perm(REPORTS):
            with_money(context["object_list"])
        return context


class SavesSessions:
    """What saving a session says: of times that come twice, and of seats that were taken meanwhile."""

    def form_valid(self, form: Any) -> HttpResponse:
        view: Any = self
        try:
            super().form_valid(form)  # type: ignore[misc]
        except TooFew as refused:
            form.add_error("seats", str(refused))
            view.produced_error_message = view.get_error_message()
            response: HttpResponse = view.form_invalid(form)
            return response
        for note in form.notes():
            messages.warning(view.request, note)
        return redirect(reverse("training_sessions:inspect", args=[view.object.pk]))


class AddView(SavesSessions, generic.CreateView):
    pass


class EditView(SavesSessions, generic.EditView):
    """Where its time or place is another afterwards, and people go by it, staff are asked whether to tell them."""

    def get_object(self, queryset: Any = None) -> Session:
        session: Session = super().get_object(queryset)
        if session.state == Session.State.CANCELLED:
            raise Http404
        self.before = standing(session)
        return session

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        session: Session = self.object
        is_saved = response.status_code == HTTPStatus.FOUND
        is_gone_by = is_saved and session.is_open and session.enrolments.confirmed().exists()
        if is_gone_by and standing(session) != self.before:
            return redirect("training_sessions:tell", session.pk)
        return response


class SessionInspectView(BooksInspectView):
    page_title = "Session"

    def get_object(self, queryset: Any = None) -> Session:
        return get_object_or_404(sessions_for(self.request.user).select_related("page"), pk=self.pk)

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, **details_of(self.object, self.request.user)}


class SessionViewSet(ModelViewSet):
    model = Session
    name = "training_sessions"
    icon = "date"
    menu_label = "Sessions"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = SessionIndexView
    add_view_class = AddView
    edit_view_class = EditView
    inspect_view_class = SessionInspectView
    inspect_template_name = "training/staff/session.html"
    filterset_class = SessionFilterSet
    ordering = ("-starts_at", "-pk")
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("page"), FieldPanel("name")]),
            FieldPanel("trainers", widget=forms.CheckboxSelectMultiple),
            PLACE,
            DAYS,
            SEATS,
            REPLAY,
        ],
        base_form_class=SessionForm,
    )
    list_display = [
        TitleColumn("title", label="Session", accessor=title_of, url_name="training_sessions:inspect"),
        Column("when", label="When", accessor=when, sort_key="starts_at"),
        StatusTagColumn("state", accessor="get_state_display", primary=lambda one: one.is_open, sort_key="state"),
        Column("seats", label="Seats taken", accessor=seats_of, classname="books-number", sort_key="taken"),
        Column("waits", label="Waiting", classname="books-number", sort_key="waits"),
        MoneyColumn("income", label="Income", accessor="income"),
    ]

    @property
    def permission_policy(self) -> BasePermissionPolicy:
        return SessionPolicy(self.model)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        nowhere = {f"{view}_url_name": None for view in ("delete", "usage", "history")}
        common: dict[str, Any] = super().get_common_view_kwargs(**{**nowhere, **kwargs})
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        # What people took part in stays: a session that does not take place is cancelled.
        kept = [one for one in super().get_urlpatterns() if one.name in KEPT]
        own = [path(address, require_admin_access(view), name=name) for address, view, name in session_actions()]
        return [*kept, *own]
