"""Asking for a new link: mailed to the address on file only, and as often as a person needs it."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from membership.models import Subscription
from membership.recovery.telling import send_failure
from payments.guard import limits, tallies
from payments.guard.visitor import key_of
from payments.models import Plan, RenewalFailure
from receipts.models import Payer


class AddressForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="The one that our mails come to.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def send_links(email: str, *, from_address: str) -> int:
    """A mail for each payment that is open. Returns how many; who asked is not told."""
    now = timezone.now()
    if not tallies.take(limits.MAILS_FROM_ONE, from_address, now):
        return 0
    if not tallies.take(limits.MAILS_TO_ONE, key_of("email", email.strip().lower(), now), now):
        return 0
    payers = Payer.objects.filter(email__iexact=email.strip())
    plans = Plan.objects.running().filter(payer__in=[one for payer in payers for one in Payer.objects.same_as(payer)])
    return sum(resend(plan) for plan in plans.distinct())


def resend(plan: Plan) -> bool:
    """The mail about the payment that is open, once more, with a fresh link. False where nothing is open."""
    failure: RenewalFailure | None = plan.failures.filter(settled_as="").order_by("-pk").first()
    subscription = plan.payable()
    if failure is None or not isinstance(subscription, Subscription):
        return False
    return send_failure(subscription, plan, failure)
