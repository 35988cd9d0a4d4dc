"""Taking somebody off the waiting list who asked us to. Nobody is moved in it: whoever came first is asked first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from training.staff.pages import SessionPage
from training.waiting.joining import leave


class TakeOffListView(SessionPage):
    permission = "training.change_enrolment"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        if leave(get_object_or_404(self.session.waiting, pk=entry)):
            self.note("training.take_off_list")
            messages.success(request, "Taken off the list. What was offered to them goes to the next.")
        else:
            messages.info(request, "They are not waiting any more, or are paying for their seat now.")
        return redirect("training_sessions:roster", self.session.pk)
