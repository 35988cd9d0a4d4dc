"""The attendance of one day: there, not there, or nobody has said; all at once, and undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from training.models import Meeting
from training.sessions.attendance import Mark, has_begun, mark
from training.staff.pages import SessionPage
from training.staff.rosters import roster_of
from training.staff.seen import TEACH

WORDS: dict[str, Mark] = {"there": True, "away": False, "": None}
WORD_OF = {value: word for word, value in WORDS.items()}
REMEMBERED = "training_attendance"


class AttendanceView(SessionPage):
    permission = TEACH
    template_name = "training/staff/attendance.html"
    page_title = "Attendance"
    header_icon = "tick"
    meeting: Meeting

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        self.meetings = list(self.session.meetings.all())
        found = [one for one in self.meetings if one.pk == named["meeting"]]
        if not found:
            raise Http404
        self.meeting = found[0]
        self.meeting.session = self.session

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.meetings.index(self.meeting)
        rows = [row for row in roster_of(self.session, self.meetings) if row.is_booked]
        return super().get_context_data(
            **{**kwargs, "meeting": self.meeting},
            rows=[(row, WORD_OF[row.marks[here]]) for row in rows],
            there=sum(row.marks[here] is True for row in rows),
            starts=self.session.on_clocks(self.meeting.starts_at),
            meetings=[(one, self.session.on_clocks(one.starts_at)) for one in self.meetings],
            can_mark=has_begun(self.meeting),
            can_undo=bool(self.remembered()),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_begun(self.meeting):
            messages.error(request, "This day has not come yet.")
        elif request.POST.get("step") == "undo":
            self.undo()
        else:
            self.save(all_there=request.POST.get("step") == "all")
        return redirect(reverse("training_sessions:attendance", args=[self.session.pk, self.meeting.pk]))

    def save(self, *, all_there: bool) -> None:
        """What they changed of what they saw, so that two who mark at once do not undo each other."""
        said: dict[int, Mark] = {}
        for name, value in self.request.POST.items():
            word = str(value)
            key = name.removeprefix("mark-")
            if not (name.startswith("mark-") and key.isascii() and key.isdigit() and len(key) < 18 and word in WORDS):
                continue
            word = "there" if all_there and word == "" else word
            if word != self.request.POST.get(f"seen-{key}", ""):
                said[int(key)] = WORDS[word]
        before = mark(self.meeting, said, by=self.colleague)
        if not before:
            messages.info(self.request, "Nothing was changed.")
            return
        self.note("training.mark_attendance", people=len(before))
        kept = {str(pk): WORD_OF[one] for pk, one in before.items()}
        self.request.session[REMEMBERED] = {"meeting": self.meeting.pk, "before": kept}
        messages.success(self.request, f"Saved: {len(before)} {'mark' if len(before) == 1 else 'marks'} changed.")

    def undo(self) -> None:
        before = {int(key): WORDS[word] for key, word in self.remembered().items()}
        mark(self.meeting, before, by=self.colleague)
        self.request.session.pop(REMEMBERED, None)
        self.note("training.undo_attendance", people=len(before))
        messages.success(self.request, "Undone: it is as it was before you saved.")

    def remembered(self) -> dict[str, str]:
        """What stood here before they saved last, in this session of theirs."""
        kept = self.request.session.get(REMEMBERED) or {}
        return dict(kept.get("before", {})) if kept.get("meeting") == self.meeting.pk else {}
