"""What a person agreed to: what of theirs may be shown, where, and until when. Without it, nothing of theirs is."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_countries.fields import CountryField

from pages.sealing import open_sealed, seal

# Three years, whichever leap day lies in them: nobody can know for longer what they will want to be shown.
LONGEST = timedelta(days=1096)


class Scope(models.TextChoices):
    """What may be shown. There is no scope for a real name: people appear under an alias, or not at all."""

    TEXT = "text", "Their story or words"
    PHOTO = "photo", "Pictures of them or their hands at work"
    AUDIO = "audio", "Their voice"
    VIDEO = "video", "Moving pictures of them"


class Channel(models.TextChoices):
    """Where it may be shown."""

    WEBSITE = "website", "Website"
    SHOP = "shop", "Shop"
    PRINT = "print", "Print"
    SOCIAL = "social", "Social media"


# Whatever is shown there is seen in every country.
EVERYWHERE = (Channel.WEBSITE, Channel.SHOP, Channel.SOCIAL)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self, on: date) -> ConsentQuerySet:
        """Given, reviewed, not over and not withdrawn. Asked at every request; nothing of it is kept."""
        return self.filter(
            given_on__lte=on, until__gte=on, reviewed_at__isnull=False, withdrawn_at=None, cleared_at=None
        )

    def covering(self, scope: str, channel: str) -> ConsentQuerySet:
        return self.filter(**{f"scope_{Scope(scope)}": True, f"channel_{Channel(channel)}": True})

    def over(self, on: date) -> ConsentQuerySet:
        """Withdrawn or expired: what was shown with it must be gone."""
        return self.filter(Q(withdrawn_at__isnull=False) | Q(until__lt=on))


class Consent(models.Model):
    """One agreement of one person. Who they are is sealed (``person``); what we show names the alias alone."""

    class Reason(models.TextChoices):
        ASKED = "asked", "The person asked for it"
        SAFETY = "safety", "It may put somebody in danger"
        RECORDED_WRONGLY = "recorded_wrongly", "It was recorded wrongly"
        REPLACED = "replaced", "A new one takes its place"

    # The name, and where the signed paper is kept. Readable with a key that is not in the database (pages.sealing).
    sealed_person = models.TextField(editable=False)
    alias = models.CharField(max_length=80, help_text="What the person chose to be called. Never a real name.")

    scope_text = models.BooleanField(Scope.TEXT.label, default=False)
    scope_photo = models.BooleanField(Scope.PHOTO.label, default=False)
    scope_audio = models.BooleanField(Scope.AUDIO.label, default=False)
    scope_video = models.BooleanField(Scope.VIDEO.label, default=False)
    channel_website = models.BooleanField(Channel.WEBSITE.label, default=False)
    channel_shop = models.BooleanField(Channel.SHOP.label, default=False)
    channel_print = models.BooleanField(Channel.PRINT.label, default=False)
    channel_social = models.BooleanField(Channel.SOCIAL.label, default=False)
    countries = CountryField(
        "only in these countries",
        multiple=True,
        blank=True,
        help_text="Empty: in every country. A website, a shop and social media are seen everywhere, so a consent "
        "for some countries is for print alone.",
    )

    given_on = models.DateField("given on")
    until = models.DateField("last day", help_text="At most three years after it was given.")
    # Counted up with every change, so that nobody reviews what they have not seen.
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.CharField(max_length=20, choices=Reason, blank=True, editable=False)
    # When everything that was shown with it had been deleted. Until then the clock goes on trying.
    cleared_at = models.DateTimeField(null=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Nobody deletes one: that it was given, and when it ended, must stay answerable.
        default_permissions = ("view", "add", "change")
        permissions = [
            ("review_consent", "Can review consents that others recorded"),
            ("withdraw_consent", "Can withdraw consents"),
            ("see_consent_person", "Can see who gave a consent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("given_on")),
                name="a_consent_ends_after_it_was_given",
                violation_error_message="The last day lies before the day on which it was given.",
            ),
            models.CheckConstraint(
                condition=Q(until__lte=F("given_on") + LONGEST),
                name="a_consent_lasts_at_most_three_years",
                violation_error_message="A consent lasts at most three years: ask the person again before then.",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("recorded_by")),
                name="nobody_reviews_a_consent_they_recorded",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawal_reason=""), name="a_withdrawn_consent_says_why"
            ),
            models.CheckConstraint(
                condition=Q(countries="") | Q(channel_website=False, channel_shop=False, channel_social=False),
                name="what_is_seen_everywhere_is_agreed_to_everywhere",
                violation_error_message="A website, a shop and social media are seen in every country: "
                "leave the countries empty, or choose print alone.",
            ),
        ]

    def __str__(self) -> str:
        # Without the alias: this stands in logs.
        return f"Consent {self.pk}"

    @property
    def person(self) -> str:
        """Who gave it. Ask ``pages.consent.see_person`` instead, which writes down who looked and why."""
        return open_sealed(self.sealed_person)

    @person.setter
    def person(self, words: str) -> None:
        self.sealed_person = seal(words)

    def is_live(self, on: date) -> bool:
        is_open = self.withdrawn_at is None and self.cleared_at is None
        return is_open and self.reviewed_at is not None and self.given_on <= on <= self.until

    def covers(self, scope: str, channel: str) -> bool:
        """Whether the person agreed that this kind of thing is shown there. Says nothing about today: ``is_live``."""
        agreed = getattr(self, f"scope_{Scope(scope)}") and getattr(self, f"channel_{Channel(channel)}")
        return bool(agreed)

    @property
    def scopes(self) -> list[Scope]:
        return [scope for scope in Scope if getattr(self, f"scope_{scope}")]

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in Channel if getattr(self, f"channel_{channel}")]

    def state_on(self, today: date) -> str:
        """One word for lists."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.until < today or self.cleared_at:
            return "expired"
        if self.reviewed_at is None:
            return "to review"
        return "live" if self.given_on <= today else "to come"


class PrivateName(models.Model):
    """One word of a real name, as a keyed digest (pages.private_names)."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["consent", "digest"], name="a_private_name_is_kept_once_per_consent"),
        ]

    def __str__(self) -> str:
        return f"private name {self.pk}"
