"""Staff screens of campaigns: their numbers, sponsors' pools, promises, and words that wait for the wall."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from wagtail.admin.auth import require_admin_access
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from membership.campaign_progress import Progress, progress, progress_of
from membership.campaign_sponsors import HEADER, MoreThanOwed, record_payment, statement_rows
from membership.campaign_staff_forms import PledgeForm, PoolForm, SponsorPaidForm
from membership.campaign_wall import decide, named_on_walls, take_off, waiting_messages
from membership.fundraising.pages import FundraisingPage
from membership.models import Campaign, Gift, MatchPool, Pledge
from receipts.exports import csv_response, xlsx_response
from receipts.money import format_amount
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView

SHOWN_MESSAGES = 50


def how_far(campaign: Campaign) -> str:
    far: Progress = campaign.far
    goal = format_amount(far.goal, far.currency) if far.is_for_money else str(far.goal)
    return f"{far.percent}% of {goal}"


class CampaignIndexView(BooksIndexView):
    page_title = "Campaigns"
    looks_in = ("name",)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        numbers = progress_of(context["object_list"])
        for campaign in context["object_list"]:
            campaign.far = numbers[campaign.pk]
        return context


class CampaignInspectView(BooksInspectView):
    page_title = "Campaign"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        campaign = self.object
        return {
            **context,
            "campaign": campaign,
            "progress": progress(campaign),
            "pools": campaign.pools.select_related("campaign", "sponsor"),
            "pledges": campaign.pledges.select_related("payer", "campaign"),
            "pages": campaign.pages.all(),
        }


class CampaignViewSet(ModelViewSet):
    model = Campaign
    name = "campaigns"
    icon = "crosshairs"
    menu_label = "Campaigns"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = CampaignIndexView
    inspect_view_class = CampaignInspectView
    inspect_template_name = "membership/staff/campaign.html"
    list_display = [
        TitleColumn("name", url_name="campaigns:inspect", sort_key="name"),
        MoneyColumn("settled", label="Received", accessor=lambda one: format_amount(one.far.settled, one.currency)),
        MoneyColumn("pledged", label="Promised", accessor=lambda one: format_amount(one.far.pledged, one.currency)),
        Column("goal", label="Goal", accessor=how_far),
        Column("donors", label="Donors", accessor="far.donors"),
        MomentColumn("ends_at", label="Deadline", sort_key="ends_at"),
        # By its days too, as the public sees it.
        BooleanColumn("takes_gifts", label="Takes gifts", accessor=Campaign.takes_gifts),
    ]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
        FieldPanel("fund"),
        MultiFieldPanel(
            [FieldPanel("goal_kind"), FieldRowPanel([FieldPanel("goal_amount"), FieldPanel("goal_count")])],
            heading="Goal",
        ),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("is_open")]),
        InlinePanel(
            "updates",
            heading="Updates",
            label="update",
            panels=[FieldPanel("title"), FieldPanel("text"), FieldPanel("published_at"), FieldPanel("is_mailed")],
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("wall/", require_admin_access(WallView.as_view()), name="wall")]


class PoolIndexView(BooksIndexView):
    page_title = "Match pools"
    looks_in = ("shown_as", "campaign__name")

    def get_base_queryset(self) -> QuerySet[MatchPool]:
        return MatchPool.objects.select_related("campaign", "sponsor")


class PoolPage(FundraisingPage):
    """A page about one pool."""

    came_from = ("match_pools:index", "Match pools")

    def find(self, named: dict[str, int]) -> None:
        self.pool = get_object_or_404(MatchPool.objects.select_related("campaign", "sponsor"), pk=named["pk"])


class StatementView(PoolPage):
    permission = "membership.view_matchpool"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        write = xlsx_response if request.GET.get("export") == "xlsx" else csv_response
        return write(f"matched-gifts-{self.pool.pk}", HEADER, statement_rows(self.pool))


class SponsorPaidView(PoolPage):
    permission = "membership.add_offlinegift"
    template_name = "membership/staff/sponsor_paid.html"
    page_title = "The sponsor has paid"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or SponsorPaidForm(owed=self.pool.owed)
        return super().get_context_data(form=form, pool=self.pool, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SponsorPaidForm(request.POST, owed=self.pool.owed)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            offline = record_payment(self.pool, **form.cleaned_data, by=self.colleague)
        except MoreThanOwed:
            form.add_error("amount", "Somebody else has recorded a payment, or gifts went back: look at what is owed.")
            return self.ask_again(form)
        log(instance=self.pool, action="membership.sponsor_paid", user=request.user)
        messages.success(request, f"{format_amount(offline.gift.amount, self.pool.currency)} is in the books.")
        return redirect("campaigns:inspect", self.pool.campaign_id)


class MatchPoolViewSet(ModelViewSet):
    model = MatchPool
    name = "match_pools"
    icon = "plus-inverse"
    menu_label = "Match pools"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = PoolIndexView
    edit_handler = ObjectList(
        [
            FieldPanel("campaign"),
            FieldRowPanel([FieldPanel("sponsor"), FieldPanel("shown_as")]),
            FieldRowPanel([FieldPanel("cap"), FieldPanel("percent"), FieldPanel("per_gift_most")]),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("is_open")]),
        ],
        base_form_class=PoolForm,
    )
    list_display = [
        TitleColumn("shown_as", url_name="match_pools:edit"),
        TitleColumn("campaign", get_url=lambda pool: reverse("campaigns:inspect", args=[pool.campaign_id])),
        MoneyColumn("cap", label="Adds at most"),
        MoneyColumn("matched", label="Matched"),
        MoneyColumn("left", label="Left"),
        MoneyColumn("owed", label="Owed"),
        BooleanColumn("is_open", label="Open"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("statement/<int:pk>/", require_admin_access(StatementView.as_view()), name="statement"),
            path("paid/<int:pk>/", require_admin_access(SponsorPaidView.as_view()), name="paid"),
        ]


def due_day(pledge: Pledge) -> str:
    return date_format(pledge.due_on, "j M Y") if pledge.due_on else ""


class PledgeIndexView(BooksIndexView):
    page_title = "Pledges"
    looks_in = ("payer__name", "payer__email", "campaign__name")

    def get_base_queryset(self) -> QuerySet[Pledge]:
        return Pledge.objects.select_related("campaign", "payer")


class PledgeViewSet(ModelViewSet):
    model = Pledge
    name = "pledges"
    icon = "date"
    menu_label = "Pledges"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = PledgeIndexView
    list_filter = ["state", "campaign"]
    edit_handler = ObjectList(
        [
            FieldPanel("campaign"),
            FieldPanel("payer"),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("due_on"), FieldPanel("state")]),
        ],
        base_form_class=PledgeForm,
    )
    list_display = [
        TitleColumn("payer", accessor="payer.name", url_name="pledges:edit", sort_key="payer__name"),
        Column("campaign", accessor="campaign.name"),
        MoneyColumn("amount", sort_key="amount"),
        Column("due_on", label="Due", accessor=due_day, sort_key="due_on"),
        Column("state", accessor="get_state_display", sort_key="state"),
    ]


class WallView(FundraisingPage):
    """Words of givers, each to be let stand or not. Decided on the words that are shown here.

    A name needs no decision, but anybody can type one, also somebody else's with where they live: it can be taken off.
    """

    permission = "membership.change_campaign"
    came_from = ("campaigns:index", "Campaigns")
    template_name = "membership/staff/wall.html"
    page_title = "Words for the wall"
    header_icon = "openquote"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        return super().get_context_data(
            gifts=waiting_messages()[:SHOWN_MESSAGES], named=named_on_walls(text)[:SHOWN_MESSAGES], text=text, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("gift", "")
        known = key.isascii() and key.isdigit() and len(key) <= 18
        gift = get_object_or_404(Gift, pk=int(key) if known else None)
        if request.POST.get("decision") == "off":
            if take_off(gift):
                log(instance=gift, action="membership.take_off_wall", user=request.user)
            messages.success(request, "It stands on no wall any more.")
            return redirect("campaigns:wall")
        is_shown = request.POST.get("decision") == "show"
        if decide(gift, text=request.POST.get("text", ""), is_shown=is_shown, by=self.colleague):
            messages.success(request, "It stands on the wall." if is_shown else "It does not appear.")
        else:
            messages.error(request, "These words were changed meanwhile. Please read them again.")
        return redirect("campaigns:wall")


class CampaignGroup(ViewSetGroup):
    menu_label = "Campaigns"
    menu_name = "campaign-group"
    menu_icon = "crosshairs"
    menu_order = 307
    items = (CampaignViewSet, MatchPoolViewSet, PledgeViewSet)
