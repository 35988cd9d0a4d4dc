"""What staff do with campaigns: numbers, pools, promises, sponsors who pay, words for the wall, mails."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts import choices
from accounts.models import OutgoingMail, User
from accounts.privacy import Person
from membership import campaign_privacy, matching
from membership.campaign_mails import mail_all_due
from membership.campaign_progress import progress
from membership.campaign_sponsors import MoreThanOwed, record_payment
from membership.campaign_wall import wall_page
from membership.fundraising.offline import undo_offline_gift
from membership.models import Campaign, CampaignUpdate, Gift, MatchPool, Pledge
from receipts.checks import books_problems
from receipts.models import Issuer, Payer, Receipt
from tests.membership.campaigner import a_campaign, a_payer, a_pool, an_offline_gift, book, give_back
from tests.membership.way import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def boat(db: None) -> Campaign:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return a_campaign()


@pytest.fixture
def desk(client: Client, tess: User) -> Client:
    client.force_login(tess)
    return client


def paid(pool: MatchPool, amount: int, key: uuid.UUID | None = None) -> Any:
    today = timezone.localdate()
    return record_payment(pool, key=key or uuid.uuid4(), amount=amount, received_on=today, method="transfer", by=None)


class TestASponsorPays:
    def test_what_was_promised_is_received_once(self, boat: Campaign) -> None:
        pool, key = a_pool(boat), uuid.uuid4()
        book(boat, 5000)
        assert (progress(boat).settled, progress(boat).pledged) == (5000, 5000)
        paid(pool, 3000, key), paid(pool, 3000, key)
        assert (progress(boat).settled, progress(boat).pledged) == (8000, 2000)
        pool.refresh_from_db()
        # It is the sponsor's own gift: nobody matches it.
        assert (pool.matched, pool.paid) == (5000, 3000) and Receipt.objects.filter(amount=3000).count() == 1
        assert not books_problems()

    def test_what_was_booked_by_mistake_is_owed_again(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000)
        undo_offline_gift(paid(pool, 3000), reason="Another sponsor", by=None)
        assert (progress(boat).settled, progress(boat).pledged) == (5000, 5000)
        assert not list(matching.problems()) and not books_problems()
        paid(pool, 5000)
        assert progress(boat).pledged == 0 and not list(matching.problems())

    def test_more_than_is_owed_is_not_booked(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000)
        with pytest.raises(MoreThanOwed):
            paid(pool, 5001)
        assert progress(boat).settled == 5000 and not Gift.objects.exists()

    def test_on_the_screen(self, desk: Client, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000)
        url = reverse("match_pools:paid", args=[pool.pk])
        key = desk.get(url).context["form"]["key"].value()
        values = {"key": key, "amount": "50.01", "received_on": timezone.localdate().isoformat(), "method": "cheque"}
        assert desk.post(url, values).status_code == 422
        assert desk.post(url, {**values, "amount": "50.00"}).status_code == 302
        assert progress(boat).pledged == 0

    def test_the_statement_names_no_giver(self, desk: Client, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000, payer=a_payer("Ada Byron"))
        give_back(book(boat, 3000), 3000), give_back(book(boat, 4000), 1000)
        response: Any = desk.get(reverse("match_pools:statement", args=[pool.pk]))
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert [line.split(",")[2:4] for line in lines[1:4]] == [
            ["50.00", "50.00"],
            ["30.00", "30.00"],
            ["", "80.00"],
        ]
        assert "Byron" not in "".join(lines) and "Hopper" not in "".join(lines)


class TestTheScreens:
    def test_the_list_has_live_numbers_and_no_query_per_row(self, desk: Client, boat: Campaign) -> None:
        book(boat, 123_400)
        url = reverse("campaigns:index")
        assert "$1,234.00" in text_of(desk.get(url)) and "6% of $20,000.00" in text_of(desk.get(url))

        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                desk.get(url)
            return len(counted)

        few = queries()
        for number in range(4):
            book(a_campaign(name=f"Roof {number}", slug=f"roof-{number}"), 100)
        assert queries() == few

    def test_one_campaign_with_its_pools_and_pledges(self, desk: Client, boat: Campaign) -> None:
        a_pool(boat)
        Pledge.objects.create(campaign=boat, payer=a_payer("Ada Byron"), amount=7700)
        text = text_of(desk.get(reverse("campaigns:inspect", args=[boat.pk])))
        assert "Lovelace Ltd" in text and "Ada Byron $77.00" in text

    def test_a_pool_and_a_pledge_are_entered_with_a_supporter_found_by_address(
        self, desk: Client, boat: Campaign
    ) -> None:
        a_payer("Lovelace Ltd", kind="organisation"), a_payer("Ada Byron"), a_payer("Ada Green")
        pool = {
            "campaign": boat.pk, "sponsor": "lovelace@example.org", "shown_as": "Lovelace", "cap": "500.00",
            "percent": "100", "per_gift_most": "", "starts_at": "2026-01-01 00:00", "ends_at": "", "is_open": "on",
        }  # fmt: skip
        assert desk.post(reverse("match_pools:add"), pool).status_code == 302
        assert MatchPool.objects.get().cap == 50_000
        pledge = {"campaign": boat.pk, "payer": "Ada", "amount": "12.50", "due_on": "", "state": "open"}
        assert "More than one supporter" in text_of(desk.post(reverse("pledges:add"), pledge))
        assert "Nobody is found" in text_of(desk.post(reverse("pledges:add"), {**pledge, "payer": "Zoe"}))
        assert desk.post(reverse("pledges:add"), {**pledge, "payer": "ada@example.org"}).status_code in (200, 302)
        assert desk.post(reverse("pledges:add"), {**pledge, "payer": "Ada Green"}).status_code == 302
        assert "Ada Green" in text_of(desk.get(reverse("pledges:index")))

    def test_a_cap_below_what_was_matched_is_refused(self, desk: Client, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000)
        values = {
            "campaign": boat.pk, "sponsor": "lovelace@example.org", "shown_as": "Lovelace", "cap": "49.99",
            "percent": "100", "per_gift_most": "", "starts_at": "2026-01-01 00:00", "ends_at": "", "is_open": "on",
        }  # fmt: skip
        assert "More than this was matched already" in text_of(
            desk.post(reverse("match_pools:edit", args=[pool.pk]), values)
        )

    def test_a_campaign_is_made_with_an_update(self, desk: Client, boat: Campaign) -> None:
        none = {f"updates-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
        values = {
            "name": "A roof", "slug": "roof", "fund": "", "goal_kind": "donors", "goal_amount": "", "goal_count": "",
            "starts_at": "2026-01-01 00:00", "ends_at": "", "is_open": "on", **none,
            "updates-MIN_NUM_FORMS": "0", "updates-MAX_NUM_FORMS": "1000",
        }  # fmt: skip
        assert "What is the goal?" in text_of(desk.post(reverse("campaigns:add"), values))
        assert desk.post(reverse("campaigns:add"), {**values, "goal_count": "40"}).status_code == 302
        assert Campaign.objects.get(slug="roof").goal_count == 40

    @pytest.mark.parametrize(
        "name", ["campaigns:index", "match_pools:index", "pledges:index", "campaigns:wall", "match_pools:statement"]
    )
    def test_who_has_no_permission_sees_none_of_it(self, client: Client, boat: Campaign, name: str) -> None:
        nosy = User.objects.create_user("nosy@example.org")
        nosy.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(nosy)
        pool = a_pool(boat)
        response = client.get(reverse(name, args=[pool.pk] if name.endswith("statement") else []))
        assert response.status_code in (302, 403) and "Lovelace" not in response.content.decode()

    def test_fundraisers_may(self, client: Client, boat: Campaign, db: None) -> None:
        fred = User.objects.create_user("fred@example.org")
        fred.groups.add(Group.objects.get(name="Fundraisers"))
        fred.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(fred)
        assert client.get(reverse("campaigns:inspect", args=[boat.pk])).status_code == 200


class TestTheWall:
    def test_words_are_decided_on_once_and_as_they_were_read(self, desk: Client, boat: Campaign) -> None:
        gift = an_offline_gift(boat, "Ada Byron", is_on_wall=True, message="Ahoy")
        url = reverse("campaigns:wall")
        assert "Ahoy" in text_of(desk.get(url))
        Gift.objects.update(message="Buy now")
        desk.post(url, {"gift": gift.pk, "text": "Ahoy", "decision": "show"})
        assert not hasattr(Gift.objects.get(), "wall_message")
        desk.post(url, {"gift": gift.pk, "text": "Buy now", "decision": "hide"})
        assert not Gift.objects.get().wall_message.is_shown
        assert "Nothing waits." in text_of(desk.get(url))

    @pytest.mark.parametrize("nonsense", ["x", "²", "9" * 40, ""])
    def test_nonsense_finds_nothing(self, desk: Client, boat: Campaign, nonsense: str) -> None:
        assert desk.post(reverse("campaigns:wall"), {"gift": nonsense}).status_code == 404

    def test_a_name_that_must_not_stand_there_is_found_and_taken_off(self, desk: Client, boat: Campaign) -> None:
        gift = an_offline_gift(boat, "Eve Malory", is_on_wall=True, wall_name="Jane Roe, 12 Oak Street")
        an_offline_gift(boat, "Ada Byron", is_on_wall=True)
        url = reverse("campaigns:wall")
        assert "Ada Byron" in text_of(desk.get(url))
        found = text_of(desk.get(url, {"q": "oak st"}))
        assert "12 Oak Street" in found and "Ada Byron" not in found
        desk.post(url, {"gift": gift.pk, "decision": "off"})
        assert [entry.name for entry in wall_page(boat, 1)] == ["Ada Byron"]
        assert ModelLogEntry.objects.filter(action="membership.take_off_wall").count() == 1

    def test_a_giver_leaves_it_with_one_click_and_nobody_elses(
        self, client: Client, boat: Campaign, alice: User, charlie: User
    ) -> None:
        gift = an_offline_gift(boat, "Alice Adams", is_on_wall=True)
        Payer.objects.update(user=alice)
        url = reverse("leave_wall", args=[gift.public_id])
        client.force_login(charlie)
        assert client.post(url).status_code == 404 and wall_page(boat, 1).object_list
        client.force_login(alice)
        assert url in client.get(reverse("account_home")).content.decode()
        assert client.get(url).status_code == 405
        assert client.post(url).status_code == 302 and not wall_page(boat, 1).object_list
        assert url not in client.get(reverse("account_home")).content.decode()

    def test_the_history_forgets_a_sponsor_who_was_erased(self, desk: Client, boat: Campaign) -> None:
        pool = a_pool(boat)
        log(instance=pool, action="membership.sponsor_paid", user=None)
        campaign_privacy.erase(Person(user=None, payers=[pool.sponsor]))
        assert "Lovelace" not in str(list(ModelLogEntry.objects.values_list("label", flat=True)))


class TestAnUpdateByMail:
    def test_once_to_everybody_who_gave_and_has_not_refused(self, boat: Campaign) -> None:
        for name in ("Ada Byron", "Grace Hopper", "Grace B. Hopper", "Joan Clarke"):
            an_offline_gift(boat, name)
        an_offline_gift(a_campaign(name="A roof", slug="roof"), "Mary Somerville")
        choices.switch_off("joan@example.org", "gift_updates")
        update = CampaignUpdate.objects.create(
            campaign=boat, title="Keel laid", text="<p>At <b>noon</b>.</p><p>In rain.</p>", is_mailed=True
        )
        OutgoingMail.objects.all().delete()
        mail_all_due(), mail_all_due()
        mails = OutgoingMail.objects.filter(kind="membership/mail/campaign_update")
        assert sorted(mail.to for mail in mails) == ["ada@example.org", "grace@example.org"]
        assert mails[0].subject == "A boat: Keel laid" and "At noon.\nIn rain." in mails[0].text
        assert "campaign=boat" in mails[0].text
        update.refresh_from_db()
        assert update.mailed_at

    def test_not_before_its_day_and_not_unasked(self, boat: Campaign) -> None:
        an_offline_gift(boat, "Ada Byron")
        later = timezone.now() + timedelta(days=1)
        CampaignUpdate.objects.create(campaign=boat, title="A", text="", is_mailed=True, published_at=later)
        CampaignUpdate.objects.create(campaign=boat, title="B", text="")
        assert mail_all_due() == 0
