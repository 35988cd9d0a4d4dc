"""Training's reports as staff see and export them. One function gives the rows to the table and the files."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from receipts.exports import Row
from receipts.money import major
from receipts.months import first_moment, next_month
from receipts.reports.charts import month_label
from receipts.staff.income import PeriodForm, end_of, last_twelve_months
from receipts.staff.report import WRITERS, ReportView
from training.bursaries.use import BursaryUse, bursary_use
from training.models import Session, SurveyAnswer
from training.reports.sessions import LEAST, SessionsReport, sessions_report
from training.surveys.results import CourseResult, results

PERMISSION = "training.view_trainingreport"
HEADER = (
    "Session", "Begins", "State", "Seats", "Booked", "Filled in %", "Came", "Completed", "Income", "Gifts", "Cost",
    "What is left", "Currency",
)  # fmt: skip


class MonthsForm(PeriodForm):
    basis = None  # type: ignore[assignment]


class PeriodReport(ReportView):
    """Of some months: the last twelve, if nothing else is asked for."""

    permission = PERMISSION
    form_class = MonthsForm
    name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        usual = last_twelve_months()
        texts = {name: month_label(usual[name]) for name in ("first", "last")}
        self.form = self.form_class({**texts, **request.GET.dict()})
        self.look(self.form.cleaned_data if self.form.is_valid() else None)
        write = WRITERS.get(request.GET.get("export", "")) if self.form.is_valid() else None
        if write is None:
            return super().get(request, *args, **kwargs)
        return write(self.file_name(), self.header(), self.rows())

    def file_name(self) -> str:
        wanted = self.form.cleaned_data
        as_of = f"-as-of-{wanted['as_of']:%Y-%m-%d}" if wanted.get("as_of") else ""
        return f"{self.name}-{month_label(wanted['first'])}-to-{month_label(wanted['last'])}{as_of}"

    def look(self, wanted: dict[str, Any] | None) -> None:
        """Ask for the rows; for none where the period is wrong."""
        raise NotImplementedError

    def header(self) -> Row:
        raise NotImplementedError

    def rows(self) -> Iterator[Row]:
        raise NotImplementedError


class SessionsView(PeriodReport):
    template_name = "training/staff/sessions_report.html"
    page_title = "Sessions: seats, people, money"
    name = "sessions"
    report: SessionsReport | None = None

    def look(self, wanted: dict[str, Any] | None) -> None:
        if wanted:
            self.report = sessions_report(wanted["first"], next_month(wanted["last"]), end_of(wanted.get("as_of")))

    def header(self) -> Row:
        return HEADER

    def rows(self) -> Iterator[Row]:
        return export_rows(self.report) if self.report else iter(())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(report=self.report, least=LEAST, **kwargs)


def export_rows(report: SessionsReport) -> Iterator[Row]:
    states = dict(Session.State.choices)
    for row in report.rows:
        money = row.money
        amounts = (major(one, report.currency) for one in (money.earned, money.gifts, money.cost, money.left))
        people = ("" if one is None else one for one in (row.came, row.completed))
        filled = f"{row.fill_rate // 10}.{row.fill_rate % 10}"
        begins = f"{row.starts_at:%Y-%m-%d %H:%M} {row.starts_at.tzname()}"
        head = (row.title, begins, states[row.state], row.seats, row.booked, filled)
        yield (*head, *people, *amounts, report.currency)


class SurveyForm(MonthsForm):
    as_of = None  # type: ignore[assignment]


class SurveyView(PeriodReport):
    template_name = "training/staff/survey_report.html"
    page_title = "What courses changed"
    name = "outcomes"
    form_class = SurveyForm

    def look(self, wanted: dict[str, Any] | None) -> None:
        self.results: list[CourseResult] = []
        if wanted:
            start, end = (first_moment(month).date() for month in (wanted["first"], next_month(wanted["last"])))
            self.results = results(start, end)

    def header(self) -> Row:
        return ("Course", "Answers", "Helpful, from 1 to 5", *SurveyAnswer.Change.labels)

    def rows(self) -> Iterator[Row]:
        for row in shown_results(self.results):
            yield (row["title"], row["answers"], row["helpful"], *row["changes"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = shown_results(self.results)
        return super().get_context_data(shown=shown, changes=SurveyAnswer.Change.labels, least=LEAST, **kwargs)


def shown_results(found: list[CourseResult]) -> list[dict[str, Any]]:
    """As they are written, for the table and the files alike; what is not told is empty."""
    return [
        {
            "title": one.title,
            "answers": "" if one.answers is None else one.answers,
            "helpful": _tenths(one.helpful),
            "changes": [_number(one.changes.get(change.value)) for change in SurveyAnswer.Change],
        }
        for one in found
    ]


class BursaryView(PeriodReport):
    template_name = "training/staff/bursary_report.html"
    page_title = "Use of bursaries"
    name = "bursaries"
    form_class = SurveyForm
    use: BursaryUse | None = None

    def look(self, wanted: dict[str, Any] | None) -> None:
        if wanted:
            self.use = bursary_use(first_moment(wanted["first"]), first_moment(next_month(wanted["last"])))

    def header(self) -> Row:
        return ("Figure", "How many or how much", "Currency")

    def rows(self) -> Iterator[Row]:
        if self.use:
            for label, count in counts_of(self.use):
                yield (label, count, "")
            yield ("Paid by the fund", major(self.use.amount, self.use.currency), self.use.currency)
            if self.use.left is not None:
                yield ("Left to award now", major(self.use.left, self.use.currency), self.use.currency)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = counts_of(self.use) if self.use else []
        return super().get_context_data(use=self.use, counts=counts, least=LEAST, **kwargs)


def counts_of(use: BursaryUse) -> list[tuple[str, str | int]]:
    """How many, where they are none or enough: of few, somebody could work out who."""
    named = (
        ("Applied", use.applied),
        ("Approved", use.approved),
        ("Declined", use.declined),
        ("Withdrawn", use.withdrawn),
        ("Seats paid", use.seats),
    )
    return [(label, f"fewer than {LEAST}" if 0 < count < LEAST else count) for label, count in named]


def _number(count: int | None) -> str | int:
    return "" if count is None else count


def _tenths(number: Fraction | None) -> str:
    return "" if number is None else "{}.{}".format(*divmod(round(number * 10), 10))


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


class TrainingReports(ViewSet):
    name = "training_reports"
    icon = "calendar-check"
    menu_label = "Reports"
    menu_item_class = ReportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", require_admin_access(SessionsView.as_view()), name="index"),
            path("outcomes/", require_admin_access(SurveyView.as_view()), name="outcomes"),
            path("bursaries/", require_admin_access(BursaryView.as_view()), name="bursaries"),
        ]
