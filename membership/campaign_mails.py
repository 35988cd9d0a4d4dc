"""News of a campaign, to those who gave to it and like to hear what their gift does."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.mail_kinds import Context, MailKind, Placeholder
from accounts.mailing import send_mail_later
from membership.campaign_shown import give_url, public_pages
from membership.models import Campaign, CampaignUpdate, Gift
from membership.states import BEGUN
from receipts.models import Payer

KIND = "membership/mail/campaign_update"


def mail_all_due() -> int:
    """Every update that is to be mailed and was not; the clock calls this."""
    due = CampaignUpdate.objects.filter(is_mailed=True, mailed_at=None, published_at__lte=timezone.now())
    return sum(mail_update(update) for update in due.select_related("campaign"))


@transaction.atomic
def mail_update(update: CampaignUpdate) -> int:
    """Once: of two clocks, the second finds it mailed. Its mails commit with the mark, or vanish with it."""
    if not CampaignUpdate.objects.filter(pk=update.pk, mailed_at=None).update(mailed_at=timezone.now()):
        return 0
    sent = 0
    for payer in _supporters(update.campaign):
        mail = send_mail_later(
            template=KIND, to=payer.email, context=_context(update, payer), language=payer.language or "en"
        )
        sent += mail is not None
    return sent


def _supporters(campaign: Campaign) -> list[Payer]:
    """Everybody of whose gift something was paid, each address once."""
    gave = Gift.objects.filter(campaign=campaign, state__in=BEGUN).values("payer")
    payers = Payer.objects.filter(pk__in=gave, erased_at=None).select_related("merged_into").order_by("pk")
    current = (payer.current() for payer in payers)
    return list({payer.email.lower(): payer for payer in current if payer.email}.values())


def _context(update: CampaignUpdate, payer: Payer) -> dict[str, Any]:
    page = public_pages([update.campaign]).get(update.campaign_id)
    url = page.full_url if page else settings.BASE_URL + give_url(update.campaign)
    return {"payer": payer, "campaign": update.campaign, "update": update, "words": words_of(update), "page_url": url}


def words_of(update: CampaignUpdate) -> str:
    """Its text with a line for each paragraph."""
    return strip_tags(update.text.replace("</p>", "</p>\n")).strip()


def sample() -> dict[str, Any]:
    update = CampaignUpdate(
        campaign=Campaign(name="A boat"), title="The keel is laid", text="<p>She will float in May.</p>"
    )
    payer = Payer(name="Grace Hopper", email="grace@example.org")
    return {
        "payer": payer,
        "campaign": update.campaign,
        "update": update,
        "words": words_of(update),
        "page_url": "https://example.org/a-boat/",
    }


def _title(context: Context) -> str:
    return str(context["update"].title)


def campaign_mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key=KIND,
            label="Campaign: an update",
            when="Sent once to those who gave to a campaign, when staff mail an update of it.",
            placeholders={
                "name": Placeholder("The giver's name", lambda context: context["payer"].name, "Grace Hopper"),
                "campaign": Placeholder(
                    "The campaign", lambda context: context["campaign"].name, "A boat", may_stand_in_subject=True
                ),
                "title": Placeholder("The update's title", _title, "The keel is laid", may_stand_in_subject=True),
                "text": Placeholder("The update", lambda context: context["words"], "She will float in May."),
                "page_url": Placeholder(
                    "Open the campaign", lambda context: context["page_url"], "https://example.org/a-boat/"
                ),
            },
            sample_context=sample,
            is_service=False,
            purpose="gift_updates",
        )
    ]
