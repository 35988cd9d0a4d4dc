"""What a person agreed to: sealed, reviewed by a second one, three years at most, and over at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files import File
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail, StaffReminder, User
from accounts.reminders import remind_staff
from pages import consent as consents
from pages.models import Consent, SiteImage
from pages.sealing import NoKeyFits
from tests.pages.consents import PERSON, a_consent, keeper

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 10)


def refused(**changes: Any) -> str:
    """The name of the constraint that stops a row being like this, whoever writes it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Consent.objects.filter(pk=a_consent().pk).update(**changes)
    return str(error.value)


class TestHowLong:
    @pytest.mark.both_databases
    def test_at_most_three_years(self) -> None:
        given = date(2027, 2, 28)
        a_consent(given_on=given, until=date(2030, 2, 28))
        told = refused(given_on=given, until=date(2030, 3, 1))
        assert "a_consent_lasts_at_most_three_years" in told

    @pytest.mark.both_databases
    def test_three_years_with_a_leap_day_are_three_years(self) -> None:
        a_consent(given_on=date(2027, 3, 1), until=date(2030, 3, 1))
        assert "three_years" in refused(given_on=date(2027, 3, 1), until=date(2030, 3, 2))

    @pytest.mark.both_databases
    def test_it_ends_after_it_was_given(self) -> None:
        assert "ends_after" in refused(given_on=date(2027, 3, 2), until=date(2027, 3, 1))

    @pytest.mark.parametrize(
        ("on", "is_live"), [("2027-02-28", False), ("2027-03-01", True), ("2028-03-01", True), ("2028-03-02", False)]
    )
    def test_from_the_first_to_the_last_day(self, on: str, is_live: bool) -> None:
        consent = a_consent(given_on=date(2027, 3, 1), until=date(2028, 3, 1))
        day = date.fromisoformat(on)
        assert consent.is_live(day) is is_live
        assert Consent.objects.live(day).exists() is is_live


class TestWhatItCovers:
    def test_only_what_was_ticked_and_only_there(self) -> None:
        consent = a_consent(scope_photo=False, channel_website=False)
        assert consent.covers("text", "shop")
        assert not consent.covers("photo", "shop")
        assert not consent.covers("text", "website")
        assert Consent.objects.covering("text", "shop").exists()
        assert not Consent.objects.covering("photo", "shop").exists()
        assert not Consent.objects.covering("text", "website").exists()

    def test_what_is_not_known_is_not_covered_but_an_error(self) -> None:
        with pytest.raises(ValueError):
            a_consent().covers("name", "shop")

    @pytest.mark.both_databases
    def test_some_countries_are_for_print_alone(self) -> None:
        assert "seen_everywhere" in refused(countries="US")
        only_print = {"channel_website": False, "channel_shop": False, "channel_print": True}
        assert a_consent(countries=["US"], **only_print).pk


class TestReview:
    def test_without_one_nothing_is_live(self) -> None:
        consent = a_consent(is_reviewed=False)
        assert not consent.is_live(timezone.localdate())
        consents.review(consent, version=1, by=keeper("sven@example.org"))
        assert consent.is_live(timezone.localdate())
        assert ModelLogEntry.objects.filter(action=consents.REVIEWED).count() == 1

    @pytest.mark.both_databases
    def test_never_by_who_recorded_it(self) -> None:
        consent = a_consent(is_reviewed=False)
        with pytest.raises(consents.OwnRecord):
            consents.review(consent, version=1, by=keeper())
        assert "nobody_reviews" in refused(reviewed_by=keeper())

    def test_nor_of_what_was_not_read(self) -> None:
        consent = a_consent(is_reviewed=False)
        consents.unreview(consent, by=keeper("third@example.org"))
        consent.save()
        with pytest.raises(consents.Changed):
            consents.review(consent, version=1, by=keeper("sven@example.org"))

    def test_colleagues_who_leave_take_no_consent_with_them(self) -> None:
        consent = a_consent()
        User.objects.all().delete()
        consent.refresh_from_db()
        assert (consent.reviewed_by, consent.recorded_by) == (None, None)
        assert consent.is_live(timezone.localdate())


class TestWhoGaveIt:
    def test_is_nowhere_in_the_database(self) -> None:
        consent = a_consent()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM pages_consent")
            assert "Canary" not in str(cursor.fetchall())
        assert Consent.objects.get(pk=consent.pk).person == PERSON

    def test_a_look_is_logged_with_its_reason_and_nothing_else(self) -> None:
        consent = a_consent()
        assert consents.see_person(consent, by=keeper(), why="renew") == PERSON
        (look,) = ModelLogEntry.objects.filter(action=consents.SAW)
        assert (look.user, look.data, look.label) == (keeper(), {"why": "renew"}, f"Consent {consent.pk}")

    def test_keys_change_without_losing_it(self, settings: Any) -> None:
        consent = a_consent()
        settings.CONSENT_KEYS = ["a new key"]
        assert Consent.objects.get().person == PERSON
        call_command("seal_consents", verbosity=0)
        settings.SECRET_KEY = "another one"
        assert Consent.objects.get().person == PERSON
        settings.CONSENT_KEYS = ["the wrong key"]
        with pytest.raises(NoKeyFits):
            _ = Consent.objects.get(pk=consent.pk).person
        with pytest.raises(CommandError, match="1 consents"):
            call_command("seal_consents")


@pytest.fixture
def portrait(photo: Callable[..., BytesIO]) -> SiteImage:
    picture = SiteImage(title="Hands", file=File(photo(), name="x.jpg"), consent=a_consent())
    picture.save()
    return picture


def on_disk() -> list[Path]:
    roots = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return [path for root in roots for path in root.rglob("*") if path.is_file()]


class TestAPicture:
    def test_is_served_to_everybody_while_the_consent_is_live(self, client: Client, portrait: SiteImage) -> None:
        url = portrait.get_rendition("width-20").url
        answer = client.get(url)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert not list(Path(settings.MEDIA_ROOT).rglob("*.*"))

    @pytest.mark.parametrize(
        "changes",
        [
            {"withdrawn_at": timezone.now(), "withdrawal_reason": "asked"},
            {"until": timezone.localdate() - timedelta(days=1), "given_on": timezone.localdate() - timedelta(days=9)},
            {"reviewed_at": None, "reviewed_by": None},
            {"scope_photo": False},
            {"channel_website": False, "channel_shop": False},
        ],
    )
    def test_is_gone_at_the_next_request_whatever_job_is_dead(
        self, client: Client, portrait: SiteImage, changes: dict[str, Any]
    ) -> None:
        url = portrait.get_rendition("width-20").url
        assert client.get(url).status_code == 200
        Consent.objects.update(**changes)
        assert client.get(url).status_code == 404

    def test_an_address_from_before_it_needed_consent_leads_nowhere(
        self, client: Client, photo: Callable[..., BytesIO], django_capture_on_commit_callbacks: Any
    ) -> None:
        picture = SiteImage(title="Hands", file=File(photo(), name="x.jpg"))
        picture.save()
        public = picture.get_rendition("width-20").url
        assert client.get(public).status_code == 200
        SiteImage.objects.filter(pk=picture.pk).update(consent=a_consent())
        assert client.get(public).status_code == 404
        picture.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            picture.save()
        assert not list(Path(settings.MEDIA_ROOT).rglob("*.*"))
        assert client.get(picture.get_rendition("width-20").url).status_code == 200


class TestWithdrawing:
    def test_deletes_the_picture_its_original_and_what_was_drawn_of_it(
        self, portrait: SiteImage, django_capture_on_commit_callbacks: Any
    ) -> None:
        portrait.get_rendition("width-20")
        assert len(on_disk()) == 2
        with django_capture_on_commit_callbacks(execute=True):
            consents.withdraw(portrait.consent, reason="asked", by=keeper())
        assert on_disk() == []
        assert not SiteImage.objects.exists()
        assert portrait.consent.cleared_at

    def test_the_staffs_history_forgets_what_the_picture_was_called(self, portrait: SiteImage) -> None:
        log(portrait, "wagtail.create")
        ModelLogEntry.objects.update(label="canary-realname.jpg")
        consents.withdraw(portrait.consent, reason="asked", by=keeper())
        assert not ModelLogEntry.objects.filter(label__icontains="realname").exists()
        assert ModelLogEntry.objects.filter(label=f"Picture {portrait.pk}").exists()

    def test_a_crash_half_way_shows_nothing_and_is_finished_later(
        self, client: Client, portrait: SiteImage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = portrait.get_rendition("width-20").url
        hooks.search_for_hooks()
        others = hooks._hooks.get("consent_ended", [])

        def crash(consent: Consent) -> None:
            raise KeyboardInterrupt

        monkeypatch.setitem(hooks._hooks, "consent_ended", [(crash, 0)])
        with pytest.raises(KeyboardInterrupt):
            consents.withdraw(portrait.consent, reason="safety", by=keeper())
        assert client.get(url).status_code == 404
        assert consents.unfinished(timezone.localdate()).count() == 1
        monkeypatch.setitem(hooks._hooks, "consent_ended", others)
        assert consents.clear_ended() == 1
        assert not SiteImage.objects.exists()
        assert not consents.unfinished(timezone.localdate()).exists()
        assert consents.clear_ended() == 0

    def test_one_that_cannot_be_cleared_holds_up_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        stuck, other = a_consent(until=yesterday), a_consent(until=yesterday)

        def fail_for_one(consent: Consent) -> None:
            if consent.pk == stuck.pk:
                raise OSError("disk")

        hooks.search_for_hooks()
        monkeypatch.setitem(hooks._hooks, "consent_ended", [(fail_for_one, 0)])
        assert consents.clear_ended() == 1
        assert list(consents.unfinished(timezone.localdate())) == [stuck]
        assert Consent.objects.get(pk=other.pk).cleared_at

    def test_told_twice_the_first_time_stands(self) -> None:
        consent = a_consent()
        consents.withdraw(consent, reason="asked", by=keeper())
        first = consent.withdrawn_at
        consents.withdraw(consent, reason="safety", by=keeper())
        assert (consent.withdrawn_at, consent.withdrawal_reason) == (first, "asked")
        assert ModelLogEntry.objects.filter(action=consents.WITHDREW).count() == 1

    @pytest.mark.both_databases
    def test_says_why(self) -> None:
        assert "says_why" in refused(withdrawn_at=timezone.now())

    def test_what_was_cleared_never_comes_back(self) -> None:
        consent = a_consent()
        consents.withdraw(consent, reason="asked", by=keeper())
        Consent.objects.update(withdrawn_at=None)
        assert not Consent.objects.live(timezone.localdate()).exists()


class TestWarnings:
    def ending_in(self, days: int) -> Consent:
        return a_consent(until=timezone.localdate() + timedelta(days=days))

    def test_sixty_and_fourteen_days_ahead_once_each_and_no_alias(self) -> None:
        keeper()
        consent = self.ending_in(61)
        assert remind_staff() == 0
        consent.until -= timedelta(days=1)
        consent.save()
        assert (remind_staff(), remind_staff()) == (1, 0)
        Consent.objects.update(until=timezone.localdate() + timedelta(days=13))
        assert remind_staff() == 1
        mails = OutgoingMail.objects.filter(to="rita@example.org")
        assert [mail.subject for mail in mails] == ["Something waits for you"] * 2
        assert all("Amara" not in mail.text + mail.html and "Canary" not in mail.text for mail in mails)
        assert f"/admin/consents/inspect/{consent.pk}/" in mails[0].text

    def test_it_goes_to_who_can_do_something_and_to_nobody_else(self, charlie: User) -> None:
        self.ending_in(10)
        remind_staff()
        assert set(OutgoingMail.objects.values_list("to", flat=True)) == {"rita@example.org", "sven@example.org"}

    def test_it_waits_for_somebody_who_can(self) -> None:
        self.ending_in(10)
        User.objects.all().delete()
        assert remind_staff() == 0
        User.objects.create_superuser("root@example.org")
        assert remind_staff() == 1
        assert StaffReminder.objects.count() == OutgoingMail.objects.count() == 1

    def test_what_is_over_or_not_reviewed_warns_nobody(self) -> None:
        consents.withdraw(self.ending_in(5), reason="asked", by=keeper())
        a_consent(is_reviewed=False, until=timezone.localdate() + timedelta(days=5))
        assert remind_staff() == 0
