"""Notes about a supporter: written, changed by who wrote them, deleted and put back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from receipts.models import Payer, PayerNote
from receipts.staff.acting import StaffAction

ANCHOR = "#notes-section"


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PayerNote
        fields = ("text", "pinned")
        labels = {"text": "Note"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": "For colleagues. A supporter who asks for their data is given their notes too."}
        error_messages = {"text": {"required": "Write something first."}}


class AddNoteView(StaffAction):
    permission = "receipts.add_payernote"
    template_name = "receipts/staff/payer_note.html"
    page_title = "Add a note"

    def find(self, named: dict[str, int]) -> None:
        self.payer = get_object_or_404(Payer.objects.live(), pk=named["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": NoteForm(), "payer": self.payer, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        form.instance.payer, form.instance.author = self.payer, request.user
        form.save()
        return self.done(ANCHOR)


class EditNoteView(StaffAction):
    permission = "receipts.change_payernote"
    template_name = "receipts/staff/payer_note.html"
    page_title = "Change a note"

    def find(self, named: dict[str, int]) -> None:
        self.note = get_object_or_404(PayerNote.objects.shown().select_related("payer__merged_into"), pk=named["pk"])
        self.payer = self.note.payer.current()
        if not self.note.is_by(self.request.user):
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": NoteForm(instance=self.note), "payer": self.payer, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST, instance=self.note)
        if not form.is_valid():
            return self.ask_again(form)
        form.instance.changed_at = timezone.now()
        form.save()
        return self.done(ANCHOR)


class DeleteNoteView(StaffAction):
    """Deleting hides it at once; for some weeks it can be put back."""

    permission = "receipts.change_payernote"
    http_method_names = ["post"]

    def find(self, named: dict[str, int]) -> None:
        self.note = get_object_or_404(PayerNote.objects.select_related("payer__merged_into"), pk=named["pk"])
        self.payer = self.note.payer.current()
        if not (self.note.is_by(self.request.user) or self.request.user.has_perm("receipts.delete_payernote")):
            raise PermissionDenied

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        PayerNote.objects.filter(pk=pk, deleted_at=None).update(deleted_at=timezone.now())
        messages.success(request, "The note is deleted. It can be put back below for 30 days.")
        return self.done(ANCHOR)


class RestoreNoteView(DeleteNoteView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        PayerNote.objects.can_be_put_back().filter(pk=pk).update(deleted_at=None)
        messages.success(request, "The note is back.")
        return self.done(ANCHOR)


def notes_panel(rows: list[Payer], user: Any) -> dict[str, Any]:
    """The notes of a supporter as their page shows them to this colleague."""
    notes = PayerNote.objects.filter(payer__in=rows).select_related("author")
    may_write, may_delete = user.has_perm("receipts.change_payernote"), user.has_perm("receipts.delete_payernote")
    return {
        "notes": [
            (note, may_write and note.is_by(user), may_write and (may_delete or note.is_by(user)))
            for note in notes.shown()
        ],
        "deleted_notes": [note for note in notes.can_be_put_back() if may_write and (may_delete or note.is_by(user))],
        "note_form": NoteForm() if user.has_perm("receipts.add_payernote") else None,
    }
