"""A note of the staff's own on an order. No customer sees it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from shop.models import Order
from shop.staff.order_pages import OrderPage


class NoteForm(forms.Form):
    staff_note = forms.CharField(max_length=2000, required=False)


class NoteView(OrderPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, "This note is too long: 2,000 letters at most. It was not kept.")
            return self.back()
        Order.objects.filter(pk=pk).update(staff_note=form.cleaned_data["staff_note"])
        self.note("shop.note_order")
        messages.success(request, "The note is kept.")
        return self.back()
