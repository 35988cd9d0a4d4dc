"""Merging two supporters: choose the other one, compare, confirm; and part them again."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from wagtail.log_actions import log

from receipts.account import payments_of
from receipts.giving import Total, totals_of
from receipts.history import KINDS, history_of, rows_of
from receipts.merging import CHOICES, LABELS, MergeRefused, merge, undo, values_of, why_not
from receipts.models import DuplicatePair, Payer, PayerMerge
from receipts.months import day_of
from receipts.searching import find_payers
from receipts.staff.acting import StaffAction

SHOWN = 20


class MergingView(StaffAction):
    permission = "receipts.merge_payer"
    header_icon = "resubmit"

    def find(self, named: dict[str, int]) -> None:
        self.payer = get_object_or_404(Payer.objects.live().select_related("user"), pk=named["pk"])


class ChooseView(MergingView):
    """Which other supporter is the same: those that the nightly search suspects, or one that is sought here."""

    template_name = "receipts/staff/merge_choose.html"
    page_title = "Merge with"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")
        found = find_payers(text).exclude(pk=self.payer.pk).order_by("name", "pk")[:SHOWN] if text.strip() else []
        return super().get_context_data(
            payer=self.payer, text=text[:100], found=found, suspected=suspected(self.payer), **kwargs
        )


def suspected(payer: Payer) -> list[Payer]:
    pairs = DuplicatePair.objects.waiting().select_related("first", "second")
    found = [*pairs.filter(first=payer)[:SHOWN], *pairs.filter(second=payer)[:SHOWN]]
    return [pair.second if pair.first_id == payer.pk else pair.first for pair in found]


class MergeForm(forms.Form):
    """For each thing that differs: whose stays. And what was seen, so that nobody confirms what has changed since."""

    seen = forms.CharField(widget=forms.HiddenInput)
    is_sure = forms.BooleanField(
        label="These are one and the same supporter.", error_messages={"required": "Tick this if you are sure."}
    )

    def __init__(self, *args: Any, kept: Payer, merged: Payer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differing = [choice for choice in CHOICES if values_of(kept, choice) != values_of(merged, choice)]
        for choice in self.differing:
            self.fields[choice] = forms.ChoiceField(choices=[("kept", "kept"), ("merged", "merged")])
            # What is empty is no better than what the other has.
            empty = not any(values_of(kept, choice).values())
            self.fields[choice].initial = "merged" if empty else "kept"
        self.now = seen_of(kept, merged)
        self.fields["seen"].initial = self.now

    def clean_seen(self) -> str:
        if self.cleaned_data["seen"] != self.now:
            raise forms.ValidationError("One of the two was changed meanwhile. Look at them again before you go on.")
        return self.now

    def taken(self) -> list[str]:
        return [choice for choice in self.differing if self.cleaned_data[choice] == "merged"]


def seen_of(kept: Payer, merged: Payer) -> str:
    shown = [value for payer in (kept, merged) for choice in CHOICES for value in values_of(payer, choice).values()]
    return hashlib.sha256("\x1f".join([str(kept.pk), str(merged.pk), *shown]).encode()).hexdigest()[:32]


class MergeView(MergingView):
    template_name = "receipts/staff/merge.html"
    page_title = "Merge"

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        self.other = get_object_or_404(
            Payer.objects.live().select_related("user").exclude(pk=self.payer.pk), pk=named["other"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or MergeForm(kept=self.payer, merged=self.other)
        if form.is_bound:
            # Another try is made on what is shown now.
            form.data = {**self.request.POST.dict(), "seen": form.now}
        kept, merged = side_of(self.payer), side_of(self.other)
        return super().get_context_data(
            kept=kept, merged=merged, sides=[kept, merged], form=form,
            choices=[(LABELS[choice], shown(self.payer, choice), shown(self.other, choice), form[choice])
                     for choice in form.differing],
            same=[(LABELS[choice], shown(self.payer, choice)) for choice in CHOICES if choice not in form.differing],
            refusal=why_not(self.payer, self.other), warnings=warnings_of(self.payer, self.other), **kwargs,
        )  # fmt: skip

    def post(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        form = MergeForm(request.POST, kept=self.payer, merged=self.other)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            merge(kept=self.payer, merged=self.other, take=form.taken(), by=self.colleague)
        except MergeRefused as refusal:
            form.add_error(None, str(refusal))
            return self.ask_again(form)
        log(instance=self.payer, action="receipts.merge", user=request.user)
        messages.success(request, f"{self.other.name} is merged. You can undo it on this page.")
        return self.done()


def side_of(payer: Payer) -> dict[str, Any]:
    """One of the two as the page compares them: what was given, and how much of everything there is."""
    rows = rows_of(payer)
    counts = Counter(item.kind for item in history_of(rows))
    return {"payer": payer, "totals": given_by(rows), "counts": [(KINDS[kind], counts[kind]) for kind in KINDS]}


def given_by(rows: list[Payer]) -> list[Total]:
    payments = payments_of(Payer.objects.filter(pk__in=[row.pk for row in rows]))
    return totals_of(payments, today=day_of(timezone.now()))


def shown(payer: Payer, choice: str) -> list[str]:
    if choice == "address":
        return payer.address_lines()
    if choice == "language":
        return [payer.language_name()]
    return [str(payer.get_kind_display()) if choice == "kind" else str(getattr(payer, choice))]


def warnings_of(kept: Payer, merged: Payer) -> list[str]:
    warnings = []
    if kept.kind != merged.kind:
        warnings.append("One of them is a person and the other an organisation. They may well be two.")
    if (user := kept.user or merged.user) and kept.user != merged.user:
        warnings.append(f"Whoever signs in as {user.email} will see the payments and receipts of both.")
    return warnings


class UndoView(StaffAction):
    permission = "receipts.merge_payer"
    template_name = "receipts/staff/merge_undo.html"
    page_title = "Undo a merge"
    header_icon = "history"

    def find(self, named: dict[str, int]) -> None:
        self.record = get_object_or_404(
            PayerMerge.objects.select_related("kept__merged_into", "merged", "by"), pk=named["merge"], undone_at=None
        )
        self.payer = self.record.kept.current()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, payer=self.payer, **kwargs)

    def post(self, request: HttpRequest, merge: int) -> HttpResponse:
        try:
            stays = undo(self.record, by=self.colleague)
        except MergeRefused as refusal:
            messages.warning(request, str(refusal))
            return self.done()
        log(instance=self.record.kept, action="receipts.undo_merge", user=request.user)
        messages.success(request, f"{self.record.merged.name} and {self.record.kept.name} are two again.")
        if stays:
            messages.warning(request, f"Changed since the merge, and left as it is: {', '.join(stays)}.")
        return self.done()
