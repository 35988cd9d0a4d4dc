"""Staff screens of gifts that came outside the site: the list, one gift, writing one down, undoing it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from membership import gift_mails
from membership.fundraising.offline import UndoRefused, looks_like, record_offline_gift, undo_offline_gift
from membership.fundraising.offline_form import METHODS, OfflineGiftForm, UndoForm
from membership.fundraising.pages import FundraisingPage, payer_named, payers_like
from membership.models import OfflineGift
from receipts.models import Payer, Receipt
from receipts.money import format_amount
from receipts.staff.columns import DayColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet


class RecordView(FundraisingPage):
    permission = "membership.add_offlinegift"
    template_name = "membership/staff/fundraising/record.html"
    page_title = "Record a gift"

    @cached_property
    def giver(self) -> Payer | None:
        return payer_named(self.request.POST.get("payer") or self.request.GET.get("payer"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")[:100]
        form = kwargs.pop("form", None) or OfflineGiftForm(payer=self.giver)
        found = [] if self.giver else payers_like(text)
        return super().get_context_data(form=form, giver=self.giver, text=text, found=found, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OfflineGiftForm(request.POST, payer=self.giver)
        if not form.is_valid():
            return self.ask_again(form)
        payer, terms = self.giver or form.new_payer(), form.terms()
        same = [one for one in looks_like(payer, terms) if one.gift.public_id != form.cleaned_data["key"]]
        if same and not form.cleaned_data["is_another"]:
            form.add_error("is_another", "The same supporter, amount and day are in the books. Is this another gift?")
            return self.render_to_response(self.get_context_data(form=form, same=same), status=422)
        offline, is_new = record_offline_gift(
            key=form.cleaned_data["key"],
            payer=payer,
            terms=terms,
            by=self.colleague,
            thanks=form.cleaned_data["send_thanks"],
        )
        if is_new:
            log(instance=offline, action="membership.record_gift", user=request.user)
        amount = format_amount(offline.gift.amount, offline.currency)
        messages.success(request, f"{amount} from {offline.gift.payer.name} is in the books.")
        return redirect("offline_gifts:inspect", offline.pk)


class UndoView(FundraisingPage):
    permission = "membership.undo_offlinegift"
    template_name = "membership/staff/fundraising/undo.html"
    page_title = "Undo a gift"
    header_icon = "resubmit"

    def find(self, named: dict[str, int]) -> None:
        self.offline = get_object_or_404(OfflineGift.objects.for_staff(), pk=named["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": UndoForm(), "offline": self.offline, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = UndoForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            if undo_offline_gift(self.offline, reason=form.cleaned_data["reason"], by=self.colleague):
                log(instance=self.offline, action="membership.undo_gift", user=request.user)
                messages.success(request, "The booking is taken back, and its receipt is void.")
            else:
                messages.info(request, "This gift was undone already.")
        except UndoRefused as refused:
            messages.error(request, str(refused))
        return redirect("offline_gifts:inspect", pk)


class ThankView(FundraisingPage):
    """The thank-you of a gift once more, or for the first time."""

    permission = "membership.add_offlinegift"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        offline = get_object_or_404(OfflineGift.objects.standing().for_staff(), pk=pk)
        payer = offline.gift.payer
        if payer.email:
            gift_mails.thank(offline.gift, None)
            log(instance=offline, action="membership.thank", user=request.user)
            messages.success(request, f"A thank-you goes to {payer.email}, unless they want no such mails.")
        else:
            messages.warning(request, f"{payer.name} has no e-mail address.")
        return redirect("offline_gifts:inspect", pk)


class OfflineGiftFilterSet(WagtailFilterSet):
    gift__method = django_filters.ChoiceFilter(choices=METHODS, label="How it came")
    stands = django_filters.ChoiceFilter(
        choices=[("yes", "In the books"), ("no", "Undone")], label="State", method="filter_stands"
    )

    class Meta:
        model = OfflineGift
        fields: list[str] = []

    def filter_stands(self, gifts: QuerySet[OfflineGift], name: str, wanted: str) -> QuerySet[OfflineGift]:
        return gifts.filter(undone_at__isnull=wanted == "yes")


class OfflineGiftIndexView(BooksIndexView):
    page_title = "Offline gifts"
    looks_in = ("gift__payer__name", "gift__payer__email", "reference")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("membership.add_offlinegift"):
            return []
        return [HeaderButton("Record a gift", url=reverse("offline_gifts:record"), icon_name="plus")]

    def get_base_queryset(self) -> QuerySet[OfflineGift]:
        return OfflineGift.objects.for_staff()


class OfflineGiftInspectView(BooksInspectView):
    page_title = "Offline gift"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if self.object.undone_at or not self.request.user.has_perm("membership.undo_offlinegift"):
            return []
        return [HeaderButton("Undo", url=reverse("offline_gifts:undo", args=[self.object.pk]), icon_name="resubmit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        offline = OfflineGift.objects.for_staff().select_related("undone_by").get(pk=self.object.pk)
        receipts = Receipt.objects.filter(transaction=offline.transaction).defer("snapshot").order_by("-pk")
        return {**context, "offline": offline, "receipts": receipts}


def purpose_of(offline: OfflineGift) -> str:
    return str(offline.gift.campaign or offline.gift.fund)


def is_undone(offline: OfflineGift) -> bool:
    return offline.undone_at is not None


class OfflineGiftViewSet(ReadOnlyViewSet):
    model = OfflineGift
    name = "offline_gifts"
    icon = "form"
    menu_label = "Offline gifts"
    index_view_class = OfflineGiftIndexView
    inspect_view_class = OfflineGiftInspectView
    inspect_template_name = "membership/staff/fundraising/offline_gift.html"
    filterset_class = OfflineGiftFilterSet
    actions = ("add", "undo")
    list_display = [
        TitleColumn("payer", label="Supporter", accessor="gift.payer.name", url_name="offline_gifts:inspect"),
        MoneyColumn("amount", accessor="gift.amount", sort_key="gift__amount"),
        DayColumn("received", accessor="gift.started_at", sort_key="gift__started_at"),
        Column("method", label="How it came", accessor="gift.get_method_display"),
        Column("purpose", label="For", accessor=purpose_of),
        StatusTagColumn("state", accessor="gift.get_state_display", primary=is_undone),
        Column("recorded_by", label="Recorded by"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("record/", require_admin_access(RecordView.as_view()), name="record"),
            path("thank/<int:pk>/", require_admin_access(ThankView.as_view()), name="thank"),
            path("undo/<int:pk>/", require_admin_access(UndoView.as_view()), name="undo"),
        ]
