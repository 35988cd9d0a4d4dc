"""What staff do with the stock: count it, say when to warn, read counts from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.log_actions import log

from shop.models import Stock
from shop.staff.pages import StaffPage
from shop.stock.counting import CannotCount, count
from shop.stock.reading import WrongLines, count_all
from shop.stock.staff.forms import CountForm, FileForm, MarkForm

SHOWN_LINES = 50


class StockPage(StaffPage):
    permission = "shop.change_stock"
    came_from = ("shop_stock:index", "Stock")
    header_icon = "list-ul"


class OneStockPage(StockPage):
    def find(self, named: dict[str, int]) -> None:
        self.stock = get_object_or_404(Stock.objects.select_related("variant__product"), pk=named["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.stock.variant)

    def back(self) -> HttpResponse:
        return redirect("shop_stock:inspect", self.stock.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = reverse("shop_stock:inspect", args=[self.stock.pk])
        return super().get_context_data(**{"stock": self.stock, "stock_url": url, **kwargs})


class CountView(OneStockPage):
    page_title = "Count"
    template_name = "shop/stock/count.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CountForm(initial={"seen": self.stock.on_hand})
        return super().get_context_data(**{"form": form, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = CountForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        said = form.cleaned_data
        try:
            moved = count(
                self.stock.variant, said["number"], said["reason"], said["note"], self.colleague, seen=said["seen"]
            )
        except CannotCount as refused:
            # What is there now is what they count against next.
            self.stock.refresh_from_db()
            form = CountForm({**request.POST.dict(), "seen": self.stock.on_hand})
            form.add_error("number", str(refused))
            return self.ask_again(form)
        if moved:
            log(self.stock, "shop.count_stock", data={"reason": moved.reason, "change": moved.change})
        messages.success(request, f"{moved.on_hand_after} are there now." if moved else "It is as it was.")
        return self.back()


class MarkView(OneStockPage):
    page_title = "When to warn"
    template_name = "shop/stock/mark.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": MarkForm(instance=self.stock), **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = MarkForm(request.POST, instance=self.stock)
        if not form.is_valid():
            return self.ask_again(form)
        # Only this field: what is there may have changed since it was read.
        Stock.objects.filter(pk=self.stock.pk).update(low_at=form.cleaned_data["low_at"])
        messages.success(request, "It is saved.")
        return self.back()


class FileView(StockPage):
    page_title = "Counts from a file"
    template_name = "shop/stock/file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": FileForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask_again(form)
        rows = form.cleaned_data["file"]
        try:
            changed = count_all(rows, note=form.cleaned_data["note"], by=self.colleague)
        except WrongLines as wrong:
            more = len(wrong.wrong) - SHOWN_LINES
            context = self.get_context_data(form=form, wrong=wrong.wrong[:SHOWN_LINES], more=max(more, 0))
            return self.render_to_response(context, status=422)
        messages.success(request, f"{len(rows)} counts are read; {changed} of them changed something.")
        return redirect("shop_stock:index")
