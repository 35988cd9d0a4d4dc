"""The form of a session with its days. Times are typed as its own clocks show them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.formsets import DELETION_FIELD_NAME
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from training.models import Session, TrainingPage
from training.sessions.meetings import follow_meetings
from training.sessions.seats import set_seats, too_few
from training.staff.clocks import ClockField, ClocksForm, kept_or_meant, zone_named, zones

LONGEST_MEETING = timedelta(days=3)


class MeetingForm(WagtailAdminModelForm):
    """One day. The zone is the one that is typed in the form above it."""

    day = forms.DateField(widget=AdminDateInput)
    starts = forms.TimeField(label="From", widget=AdminTimeInput)
    ends = forms.TimeField(label="To", widget=AdminTimeInput)
    ends_on = forms.DateField(
        label="Ends on", required=False, widget=AdminDateInput, help_text="Only where it goes past midnight."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notes: list[str] = []
        # Asked now: the form above writes the new zone into the session before its rows are saved.
        self.zone_before = self.instance.session.time_zone if self.instance.pk else ""
        if self.instance.pk:
            session = self.instance.session
            starts, ends = session.local(self.instance.starts_at), session.local(self.instance.ends_at)
            self.initial |= {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
            self.initial["ends_on"] = ends.date() if ends.date() != starts.date() else None

    def has_changed(self) -> bool:
        # The same time on the clocks of another zone is another moment.
        zone = self.data.get("time_zone") if self.is_bound else None
        return bool((self.instance.pk and zone and zone != self.zone_before) or super().has_changed())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        zone = zone_named(self.data.get("time_zone"))
        if zone is None or not all(cleaned.get(name) is not None for name in ("day", "starts", "ends")):
            return cleaned
        last = cleaned.get("ends_on") or cleaned["day"]
        self.instance.starts_at, starts = self._read("starts", cleaned["day"], cleaned["starts"], "starts_at")
        self.instance.ends_at, ends = self._read("ends", last, cleaned["ends"], "ends_at")
        if starts and ends and not starts < ends <= starts + LONGEST_MEETING:
            said = "A meeting ends after it begins." if ends <= starts else "A meeting is at most three days long."
            self.add_error("ends", said)
        return cleaned

    def _read(self, name: str, day: date, clock: time, kept: str) -> tuple[Any, datetime | None]:
        zone = zone_named(self.data.get("time_zone"))
        assert zone is not None  # noqa: S101 — asked before
        before = getattr(self.instance, kept)
        try:
            moment, note = kept_or_meant(before, day, clock, zone)
        except ValidationError as error:
            self.add_error(name, error)
            return before, None
        if note:
            self.notes.append(note)
        return moment, moment


class MeetingsPanel(InlinePanel):
    """An inline panel whose rows are read by ``MeetingForm``."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = MeetingForm
        return options


class SessionForm(ClocksForm, WagtailAdminModelForm):
    """``taken``, the state and what follows the meetings are never written from here: others change them meanwhile."""

    clocks = ("books_from", "books_until", "replay_until")

    page = forms.ModelChoiceField(TrainingPage.objects.order_by("title"), label="Course or event")
    time_zone = forms.ChoiceField(choices=zones, help_text="All times below are as its clocks show them.")
    books_from = ClockField(label="Booking opens", required=False)
    books_until = ClockField(label="Booking closes", required=False, help_text="Empty: when the first meeting begins.")
    replay_until = ClockField(label="Replay until", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.show_clocks(self.instance.zone)
            if self.instance.enrolments.exists():
                self.fields["page"].disabled = True
                self.fields["page"].help_text = "People have seats, so it stays a session of this."
        else:
            self.initial.setdefault("time_zone", settings.TIME_ZONE)

    def clean_seats(self) -> int:
        seats: int = self.cleaned_data["seats"]
        if self.instance.pk:
            taken = Session.objects.values_list("taken", flat=True).get(pk=self.instance.pk)
            if seats < taken:
                raise ValidationError(too_few(taken))
        return seats

    def clean_join_url(self) -> str:
        url: str = self.cleaned_data["join_url"]
        if url and not url.startswith("https://"):
            raise ValidationError("An online link begins with https://.")
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        zone = zone_named(cleaned.get("time_zone"))
        if zone is not None:
            self.read_clocks(cleaned, zone)
        opens, closes = cleaned.get("books_from"), cleaned.get("books_until")
        if opens and closes and closes <= opens:
            self.add_error("books_until", "Booking closes after it opens.")
        if cleaned.get("is_online") and not cleaned.get("place"):
            cleaned["place"] = "Online"
        self._check_days(opens, closes)
        return cleaned

    def _check_days(self, opens: datetime | None, closes: datetime | None) -> None:
        rows = self.formsets["meetings"]
        if not rows.is_valid():
            return
        gone = [row for row in rows.forms if row.cleaned_data.get(DELETION_FIELD_NAME) and row.instance.pk]
        if any(row.instance.attendance.exists() for row in gone):
            self.add_error(None, "Somebody was marked on a day that you removed. Undo that in the attendance first.")
        kept = [row for row in rows.forms if row not in gone and not row.cleaned_data.get(DELETION_FIELD_NAME)]
        days = [row.instance for row in kept if row.has_changed() or row.instance.pk]
        if not days:
            if self.instance.pk and self.instance.state == Session.State.OPEN:
                self.add_error(None, "An open session has at least one day.")
            return
        begins = min(day.starts_at for day in days)
        if closes and closes > begins:
            self.add_error("books_until", "Booking closes when the first meeting begins, or before.")
        if opens and opens >= (closes or begins):
            self.add_error("books_from", "Booking opens before it closes.")

    def notes(self) -> list[str]:
        """What is to be said of times that a clock shows twice."""
        return [note for row in self.formsets["meetings"].forms for note in getattr(row, "notes", [])]

    @transaction.atomic
    def save(self, commit: bool = True) -> Session:
        """Raises TooFew where seats were taken meanwhile."""
        is_new = self.instance.pk is None
        session: Session = super().save(commit=False)
        if is_new:
            session.save()
        else:
            mine = [field.name for field in Session._meta.concrete_fields if field.name in self.cleaned_data]
            session.save(update_fields=[*(name for name in mine if name != "seats"), "meetings"])
            set_seats(session, self.cleaned_data["seats"])
        self._save_m2m()
        follow_meetings(session)
        return session
