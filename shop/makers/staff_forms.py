"""Forms of the staff's screens of makers and of what they are paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from accounts.privacy import blank_log
from pages.models import Consent, SiteImage
from pages.private_names import names_in
from receipts.months import day_of
from shop.models import Maker, MakerPayout


class ConsentField(forms.ModelChoiceField):
    def label_from_instance(self, consent: Any) -> str:
        return f"{consent.alias}, until {consent.until:%-d %b %Y} ({consent.state_on(timezone.localdate())})"


class MakerForm(WagtailAdminModelForm):
    """A maker's consent is theirs alone, and their picture goes with it: it is served while that is live."""

    consent = ConsentField(
        queryset=Consent.objects.none(), required=False, help_text="Record it under “Consents” first."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Consent.objects.filter(withdrawn_at=None, cleared_at=None, until__gte=timezone.localdate())
        mine = Consent.objects.filter(pk=self.instance.consent_id)
        self.fields["consent"].queryset = open_ones | mine
        self.had_consent: int | None = self.instance.consent_id

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        consent, picture = values.get("consent"), values.get("picture")
        if consent:
            self._check_consent(consent, values.get("alias", ""))
        if picture and not consent:
            self.add_error("picture", "A picture of a maker needs their consent.")
        elif picture and not self._is_free(picture, consent):
            self.add_error("picture", "This picture is shown with somebody else’s consent. Choose another.")
        if picture and not values.get("picture_alt"):
            self.add_error("picture_alt", "Say what it shows, for who cannot see it.")
        return values

    def _check_consent(self, consent: Consent, alias: str) -> None:
        if consent.alias != alias:
            self.add_error("consent", f"This consent was given under another alias: “{consent.alias}”.")
        elif Maker.objects.filter(consent=consent).exclude(pk=self.instance.pk).exists():
            self.add_error("consent", "This consent is another maker’s.")

    def _is_free(self, picture: SiteImage, consent: Consent | None) -> bool:
        if consent is None or picture.consent_id not in (None, consent.pk, self.had_consent):
            return False
        return not Maker.objects.filter(picture=picture).exclude(pk=self.instance.pk).exists()

    def save(self, commit: bool = True) -> Maker:
        maker: Maker = super().save(commit)
        if "alias" in self.changed_data:
            # What they were called before may have been a mistake: the staff's history tells it no more.
            blank_log([maker], maker.alias)
        if maker.picture and maker.picture.consent_id != maker.consent_id:
            maker.picture.consent = maker.consent
            # Saving it takes what was drawn of it out of the public folder.
            maker.picture.save()
        return maker

    def warnings(self) -> list[str]:
        """What staff should know after saving: why the maker is not shown, or not for long."""
        written = (self.instance.alias, self.instance.region, self.instance.story, self.instance.picture_alt)
        return [*warnings_of_names(*written), *why_hidden(self.instance)]


def warnings_of_names(*texts: str) -> list[str]:
    """What was written that may name somebody. Whose name it is, nobody learns here."""
    return [f"“{word}” is part of somebody’s real name. Is it meant here?" for word in names_in(*texts)]


def why_hidden(maker: Maker) -> list[str]:
    today = timezone.localdate()
    consent = maker.consent
    if consent is None:
        return ["Nobody sees this maker: there is no consent. Products say “a maker of our workshop”."]
    if not consent.is_live(today):
        return [f"Nobody sees this maker: their consent is {consent.state_on(today)}."]
    if not consent.covers("text", "shop"):
        return ["Nobody sees this maker: their consent does not cover words in the shop."]
    told = []
    if maker.picture and not consent.covers("photo", "shop"):
        told.append("The picture is not shown: their consent does not cover pictures in the shop.")
    if (left := (consent.until - today).days) <= 60:
        told.append(f"Their consent ends in {left} days. After that nobody sees them, and the picture is deleted.")
    return told


class DrawUpForm(forms.Form):
    """Whom to pay: everybody who is owed, unless staff leave somebody out."""

    makers = forms.ModelMultipleChoiceField(
        queryset=Maker.objects.none(), error_messages={"required": "Choose whom to pay."}
    )

    def __init__(self, *args: Any, owed: list[Maker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["makers"].queryset = Maker.objects.filter(Q(pk__in=[maker.pk for maker in owed]))  # type: ignore[attr-defined]


class PaidForm(forms.Form):
    method = forms.ChoiceField(label="How they were paid", choices=MakerPayout.Method, widget=forms.RadioSelect)
    paid_on = forms.DateField(label="Paid on", widget=AdminDateInput)
    is_sure = forms.BooleanField(label="Every maker on this sheet has the money, or it is on its way.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = day_of(timezone.now())

    def clean_paid_on(self) -> date:
        day: date = self.cleaned_data["paid_on"]
        if day > day_of(timezone.now()):
            raise forms.ValidationError("This day is still to come.")
        return day
