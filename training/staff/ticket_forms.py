"""The form of a ticket, with what members pay less: a percentage for each group that an offering keeps a gate for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from pages.gates import kept_groups
from payments.currencies import least_of
from receipts.money import format_amount
from training.models import Session, Ticket, TicketMemberPrice
from training.sessions.seats import set_quota, too_few
from training.staff.clocks import ClockField, ClocksForm

PRICES = ("price", "early_price", "lowest")


class TicketForm(ClocksForm, forms.ModelForm[Ticket]):
    """``taken`` is never written from here: somebody books meanwhile."""

    clocks = ("early_until",)

    early_until = ClockField(label="Early price until", required=False)

    class Meta:
        model = Ticket
        fields = (
            "name", "detail", "price", "early_price", "early_until", "is_own_price", "lowest", "value", "quota",
            "is_offered", "order",
        )  # fmt: skip

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.show_clocks(session.zone)
        prices = self.instance.member_prices if self.instance.pk else None
        kept = dict(prices.values_list("group", "percent_off")) if prices else {}
        self.groups = kept_groups()
        for pk, name in self.groups.items():
            self.fields[f"off_{pk}"] = forms.IntegerField(
                label=f"{name} pay less, in percent", required=False, min_value=1, max_value=100, initial=kept.get(pk)
            )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = self.session.tickets.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise ValidationError("This session has a ticket of this name already.")
        return name

    def clean_quota(self) -> int | None:
        quota: int | None = self.cleaned_data["quota"]
        if quota is not None and self.instance.pk:
            taken = Ticket.objects.values_list("taken", flat=True).get(pk=self.instance.pk)
            if quota < taken:
                raise ValidationError(too_few(taken))
        return quota

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.read_clocks(cleaned, self.session.zone)
        for name in PRICES:
            if (amount := cleaned.get(name) or 0) > 0 and (refusal := _refusal_of(amount)):
                self.add_error(name, refusal)
        self._check_own_price(cleaned)
        self._check_early_price(cleaned)
        return cleaned

    def _check_own_price(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("is_own_price"):
            return
        if cleaned.get("early_price") is not None:
            self.add_error("early_price", "Where people pay what they can there is no early price.")
        if (cleaned.get("lowest") or 0) > (cleaned.get("price") or 0):
            self.add_error("lowest", "The lowest price is at most the suggested one.")

    def _check_early_price(self, cleaned: dict[str, Any]) -> None:
        early, until, price = cleaned.get("early_price"), cleaned.get("early_until"), cleaned.get("price")
        if early is None and until and not self.has_error("early_price"):
            self.add_error("early_price", "Say what is paid until then, or remove the date.")
        if early is not None and until is None and not self.has_error("early_until"):
            self.add_error("early_until", "Say until when the early price holds.")
        if early is not None and price is not None and early >= price:
            self.add_error("early_price", "An early price is below the price.")
        if until and self.session.starts_at and until >= self.session.starts_at:
            self.add_error("early_until", "The early price ends before the first meeting begins.")

    @transaction.atomic
    def save(self, commit: bool = True) -> Ticket:
        """Raises TooFew where seats were taken meanwhile."""
        ticket = self.instance
        ticket.session = self.session
        if ticket.pk is None:
            ticket.save()
        else:
            ticket.save(update_fields=[name for name in self._meta.fields or () if name != "quota"])
            set_quota(ticket, self.cleaned_data["quota"])
        self._save_member_prices(ticket)
        return ticket

    def _save_member_prices(self, ticket: Ticket) -> None:
        for group in self.groups:
            percent = self.cleaned_data.get(f"off_{group}")
            rows = TicketMemberPrice.objects.filter(ticket=ticket, group=group)
            if percent is None:
                rows.delete()
            elif not rows.update(percent_off=percent):
                TicketMemberPrice.objects.create(ticket=ticket, group_id=group, percent_off=percent)


def _refusal_of(amount: int) -> str:
    """Why nobody could pay it by card."""
    least = least_of(settings.REPORTING_CURRENCY)
    said = format_amount(least, settings.REPORTING_CURRENCY)
    return f"A card pays {said} at least. What is free costs 0." if amount < least else ""
