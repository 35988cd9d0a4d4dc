"""What is for members reaches members only: pages, parts of pages, documents, pictures, search, sitemap, caches."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from wagtail import hooks
from wagtail.models import Collection, GroupPagePermission, Page, PageViewRestriction

from accounts.models import User
from membership.diary import build_diary
from membership.models import Membership, Tier
from membership.states import State
from pages.demo import build_site
from pages.models import SiteDocument, SiteImage, SiteRendition, StandardPage
from tests.membership.gated import (
    SECRETS,
    CarelessCache,
    House,
    build_house,
    bytes_of,
    make_member,
    people,
    raw_block,
    secrets_in,
    signed_in,
)
from tests.membership.way import Way, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_media_roots(settings: Any) -> None:
    for root in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def house(guardian: Tier) -> House:
    built = build_house(guardian)
    call_command("update_index", verbosity=0)
    return built


@pytest.fixture
def member_client(house: House, guardian: Tier) -> Client:
    return signed_in(make_member("gwen@example.org", guardian))


# -- The matrix: who, and by which way ----------------------------------------------------------------------


def test_a_live_member_of_the_tier_gets_everything(house: House, member_client: Client) -> None:
    for name, secret in (
        ("page", "quokkabody"),
        ("child", "quokkachild"),
        ("block", "quokkablock"),
        ("document", "quokkafile"),
    ):
        response = member_client.get(house.addresses[name])
        assert response.status_code == 200, name
        assert secret in secrets_in(response), name
        assert response["Cache-Control"] == "private, no-store", name
        assert "Cookie" in response["Vary"], name
    picture = member_client.get(house.addresses["rendition"])
    assert picture.status_code == 200 and picture["Content-Type"] == "image/webp"
    assert picture["Cache-Control"] == "private, no-store"


def test_nobody_else_gets_anything_by_any_way(house: House, guardian: Tier, friend: Tier) -> None:
    for who, user in people(guardian, friend):
        client = signed_in(user)
        for name, address in house.addresses.items():
            for ask in (client.get, client.head):
                response = ask(address)
                assert secrets_in(response) == [], (who, name)
                assert response.status_code == {"document": 403, "rendition": 404}.get(name, 200), (who, name)
        for address in ("/", "/search/?q=quokkabody", "/search/?q=diary", "/sitemap.xml", "/robots.txt"):
            assert [s for s in secrets_in(client.get(address)) if s not in address] == [], (who, address)


def test_a_condition_on_the_request_tells_nothing(house: House, member_client: Client, charlie: User) -> None:
    granted = member_client.get(house.addresses["document"])
    tag, length = granted["ETag"], len(bytes_of(granted))
    for client in (Client(), signed_in(charlie)):
        plain = client.get(house.addresses["document"])
        for headers in (
            {"If-None-Match": tag},
            {"If-None-Match": "*"},
            {"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"},
            {"Range": "bytes=0-3"},
        ):
            response = client.get(house.addresses["document"], headers=headers)
            assert (response.status_code, len(response.content)) == (403, len(plain.content)), headers
            assert not {"ETag", "Last-Modified", "Content-Range", "Content-Disposition"} & set(response.headers)
            assert client.get(house.addresses["page"], headers=headers).status_code == 200
            assert client.get(house.addresses["rendition"], headers=headers).status_code == 404
        assert str(length) != plain.headers.get("Content-Length")
        # The same for a wrong name: nobody learns what a members' file is called.
        wrong = client.get(house.addresses["document"].replace("letter", "novel"))
        assert wrong.text.replace("novel.pdf", "letter.pdf") == plain.text


def test_a_member_may_ask_with_conditions(house: House, member_client: Client) -> None:
    address = house.addresses["document"]
    tag = member_client.get(address)["ETag"]
    assert member_client.get(address, headers={"If-None-Match": tag}).status_code == 304
    part = member_client.get(address, headers={"Range": "bytes=5-9"})
    assert (part.status_code, bytes_of(part)) == (206, b"quokk")
    assert part["Cache-Control"] == "private, no-store"
    assert member_client.get(address.replace("letter", "novel")).status_code == 404


def test_the_original_and_its_renditions_lie_where_no_web_server_looks(house: House, member_client: Client) -> None:
    assert not list(Path(site_settings.MEDIA_ROOT).rglob("*.*"))
    rendition = SiteRendition.objects.get()
    for client in (member_client, Client()):
        for name in (house.picture.file.name, rendition.file.name, Path(rendition.file.name).name):
            assert client.get(f"/media/{name}").status_code == 404
            assert client.get(f"/media/images/{Path(name).name}").status_code == 404


def test_members_files_are_not_shown_in_other_peoples_pages(house: House, member_client: Client) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}
    for name, status in (("document", 403), ("rendition", 404)):
        response = member_client.get(house.addresses[name], headers=elsewhere)
        assert (response.status_code, secrets_in(response)) == (status, [])
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert member_client.get(house.addresses["document"], headers=followed).status_code == 200


# -- What the public may find -------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", SECRETS)
def test_search_never_answers_to_a_word_of_the_body(house: House, member_client: Client, secret: str) -> None:
    for client in (Client(), member_client):
        found = client.get(reverse("search"), {"q": secret}).text.split("</main>")[0]
        assert "Nothing found" in found and "Workshop diary" not in found and "Open house" not in found


def test_search_finds_a_members_page_by_what_everybody_may_read(house: House) -> None:
    for words in ("diary", "lanternteaser"):
        found = Client().get(reverse("search"), {"q": words}).text
        assert '<a href="/diary/">Workshop diary</a>' in found and "For members" in found
    assert "Open house" in Client().get(reverse("search"), {"q": "lanternteaser"}).text


def test_a_page_behind_a_staff_group_is_not_even_named(house: House, guardian: Tier, charlie: User) -> None:
    board = Group.objects.create(name="Board")
    restriction = PageViewRestriction(page=house.diary, restriction_type="groups")
    restriction.save()
    restriction.groups.add(board)
    assert "Workshop diary" not in Client().get(reverse("search"), {"q": "diary"}).text
    assert Client().get("/diary/").status_code == 302
    assert signed_in(charlie).get("/diary/").status_code == 403


def test_sitemap_and_menus_name_public_pages_only(house: House, guardian: Tier) -> None:
    # An alias that is older than the restriction has none of its own, and must not be forgotten.
    PageViewRestriction.objects.all().delete()
    house.diary.create_alias(parent=house.home, update_slug="copy-of-diary")
    restriction = PageViewRestriction.objects.create(page=house.diary, restriction_type="groups")
    restriction.groups.add(guardian.group)
    house.diary.show_in_menus = True
    house.diary.save()
    call_command("update_index", verbosity=0)
    for address in ("/sitemap.xml", "/open/", "/search/?q=quokkabody"):
        shown = Client().get(address).text
        assert "/diary/" not in shown and "copy-of-diary" not in shown, address
    assert secrets_in(Client().get("/copy-of-diary/")) == []


def test_there_is_no_api_and_no_dynamic_picture_address(house: House) -> None:
    assert not [app.name for app in apps.get_app_configs() if app.name.startswith("wagtail.api")]
    for address in ("/api/v2/pages/", "/api/v2/documents/", "/feed/", "/rss.xml"):
        assert Client().get(address).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("wagtailimages_serve", args=["x", house.picture.pk, "width-20"])


def test_previews_and_drafts_are_for_staff(house: House, member_client: Client) -> None:
    for name in ("wagtailadmin_pages:view_draft", "wagtailadmin_pages:preview_on_edit", "wagtailadmin_pages:edit"):
        address = reverse(name, args=[house.diary.pk])
        assert Client().get(address).status_code == 302
        assert member_client.get(address).status_code == 403


def test_an_editor_sees_the_page_in_the_preview(house: House, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    editor = signed_in(User.objects.create_superuser("ed@example.org"))
    for page, secret in ((house.diary, "quokkabody"), (house.open_page, "quokkablock")):
        shown = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert secret in shown.text and "no-store" in shown["Cache-Control"]
    # And the pictures in it, because staff work with them.
    assert editor.get(house.addresses["rendition"]).status_code == 200
    assert "preview in the editor" in text_of(editor.get("/diary/"))


# -- Time and other people's sessions -----------------------------------------------------------------------


def test_after_the_grace_an_open_session_sees_the_teaser_at_once(house: House, guardian: Tier) -> None:
    user = make_member("gwen@example.org", guardian, state=State.PAST_DUE)
    paid_until = Membership.objects.get(payer__user=user).paid_until
    assert paid_until
    end = paid_until + timedelta(days=guardian.grace_days)
    client = signed_in(user)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        client.force_login(user)
        assert {
            name: bool(secrets_in(client.get(house.addresses[name]))) for name in ("page", "block", "document")
        } == {
            "page": True,
            "block": True,
            "document": True,
        }
    with time_machine.travel(end, tick=False):
        assert guardian.group in user.groups.all(), "no job has run yet"
        for name, address in house.addresses.items():
            assert secrets_in(client.get(address)) == [], name
        assert client.get(house.addresses["rendition"]).status_code == 404
        assert "Your membership has ended" in text_of(client.get("/diary/"))


def test_two_sessions_do_not_mix(house: House, member_client: Client, charlie: User) -> None:
    """Also where they share a server process: nothing about a person is kept from one request to the next."""
    stranger = signed_in(charlie)
    for _ in range(2):
        assert "quokkablock" in member_client.get("/open/").text
        assert secrets_in(stranger.get("/open/")) == []
        assert secrets_in(Client().get("/open/")) == []
        assert "quokkabody" in member_client.get("/diary/").text
        assert secrets_in(stranger.get("/diary/")) == []


@pytest.fixture
def shared_cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CarelessCache, "kept", {})
    settings.MIDDLEWARE = ["tests.membership.gated.CarelessCache", *settings.MIDDLEWARE]


def test_a_cache_around_the_site_keeps_nothing_of_it(shared_cache: None, house: House, member_client: Client) -> None:
    for _ in range(2):
        for address in house.addresses.values():
            member_client.get(address)
    stale = Client()
    stale.cookies["sessionid"] = "x"
    for name, address in house.addresses.items():
        for client in (Client(), stale):
            response = client.get(address)
            assert secrets_in(response) == [] and response.get("Content-Type") != "image/webp", name
    assert secrets_in(member_client.get("/diary/")), "and what outsiders were shown is not kept for members"
    assert secrets_in(member_client.get("/open/"))


def test_signing_out_ends_it(house: House, member_client: Client) -> None:
    assert secrets_in(member_client.get("/diary/"))
    member_client.logout()
    assert secrets_in(member_client.get("/diary/")) == []


def test_somebody_who_joins_gets_in_with_the_payment(way: Way, client: Client, alice: User, guardian: Tier) -> None:
    house = build_house(guardian)
    client.force_login(alice)
    assert secrets_in(client.get("/diary/")) == []
    way.join(guardian, email=alice.email, name=alice.name)
    way.pay()
    assert secrets_in(client.get("/diary/")) == ["quokkabody", "quokkaintro"]
    assert client.get(house.addresses["rendition"]).status_code == 200


def test_the_anonymous_page_with_a_block_can_be_kept_but_must_be_asked_for(house: House) -> None:
    response = Client().get("/open/")
    assert response["Cache-Control"] == "no-cache" and "Cookie" in response["Vary"]
    assert Client().get("/diary/")["Cache-Control"] == "private, no-store"


# -- The teaser ---------------------------------------------------------------------------------------------


def test_the_teaser_says_what_it_is_and_how_to_get_in(house: House, charlie: User, friend: Tier) -> None:
    shown = Client().get("/diary/")
    assert "Workshop diary" in shown.text and "lanternteaser" in shown.text
    assert "/join/guardian/" in shown.text and "/join/friend/" not in shown.text
    assert f"{reverse('account_login')}?next=%2Fdiary%2F" in shown.text
    assert shown.text.count("<h1") == 1
    assert "signed in, but not a member" in text_of(signed_in(charlie).get("/diary/"))
    other = signed_in(make_member("fred@example.org", friend))
    assert "Your tier is Friend" in text_of(other.get("/diary/"))


def test_wagtails_own_passwords_and_log_ins_still_work(house: House, charlie: User) -> None:
    secret = PageViewRestriction(page=house.open_page, restriction_type="password", password="open sesame")
    secret.save()
    client = Client()
    form = client.get("/open/")
    assert "Password needed" in form.text and "for everybody" not in form.text
    address = reverse("wagtailcore_authenticate_with_password", args=[secret.pk, house.open_page.pk])
    assert "not correct" in client.post(address, {"password": "guessed", "return_url": "/open/"}).text
    assert "for everybody" not in client.get("/open/").text
    client.post(address, {"password": "open sesame", "return_url": "/open/"})
    assert "for everybody" in client.get("/open/").text
    secret.delete()
    PageViewRestriction(page=house.open_page, restriction_type="login").save()
    assert Client().get("/open/").status_code == 302
    assert "for everybody" in signed_in(charlie).get("/open/").text


def test_a_block_for_every_member_opens_to_every_tier(house: House, friend: Tier, charlie: User) -> None:
    house.open_page.body[1].value["who"] = ["any"]
    house.open_page.save_revision().publish()
    assert "quokkablock" in signed_in(make_member("fred@example.org", friend)).get("/open/").text
    assert secrets_in(signed_in(charlie).get("/open/")) == []


def test_a_block_for_a_tier_that_is_gone_opens_to_nobody(house: House, member_client: Client, guardian: Tier) -> None:
    Group.objects.filter(pk=guardian.group_id).delete()
    assert secrets_in(member_client.get("/open/")) == []


def test_a_gated_page_asks_the_database_seldom(
    house: House, guardian: Tier, charlie: User, django_assert_max_num_queries: Any
) -> None:
    gwen = signed_in(make_member("gwen@example.org", guardian))
    stranger = signed_in(charlie)
    for client, most in ((Client(), 22), (stranger, 28), (gwen, 34)):
        client.get("/diary/")
        with django_assert_max_num_queries(most):
            client.get("/diary/")


# -- Tier groups carry no rights ----------------------------------------------------------------------------


def test_a_tiers_group_can_be_given_no_permission(guardian: Tier) -> None:
    permission = Permission.objects.get(codename="access_admin")
    with pytest.raises(PermissionDenied), transaction.atomic():
        guardian.group.permissions.add(permission)
    with pytest.raises(PermissionDenied), transaction.atomic():
        permission.group_set.add(guardian.group)
    with pytest.raises(PermissionDenied), transaction.atomic():
        GroupPagePermission.objects.create(
            group=guardian.group,
            page=Page.objects.get(depth=1),
            permission=Permission.objects.get(codename="change_page"),
        )
    assert not guardian.group.permissions.exists()


def test_a_staff_role_cannot_be_a_tiers_group(guardian: Tier) -> None:
    """Nobody can choose it, and where a row says so it gives nothing: every member would become staff."""
    from membership.staff import TierViewSet

    assert "group" not in TierViewSet().get_form_class(for_update=True).base_fields
    editors = Group.objects.get(name="Editors")
    Tier.objects.filter(pk=guardian.pk).update(group=editors)
    member = make_member("gwen@example.org", Tier.objects.get(pk=guardian.pk), in_group=False)
    assert not member.groups.filter(pk=editors.pk).exists()


# -- What staff see -----------------------------------------------------------------------------------------


@pytest.fixture
def editor(settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return signed_in(User.objects.create_superuser("ed@example.org"))


def test_the_list_of_pages_says_for_whom_they_open(house: House, editor: Client, guardian: Tier) -> None:
    above = editor.get(reverse("wagtailadmin_explore", args=[house.home.pk])).text
    assert above.count("Not everybody can read this page") == 1
    assert "Guardian" in above
    below = editor.get(reverse("wagtailadmin_explore", args=[house.diary.pk])).text
    assert "Guardian" in below, "what is inherited is said too"


def test_the_list_of_pages_asks_as_often_for_many_private_pages(house: House, editor: Client, guardian: Tier) -> None:
    address = reverse("wagtailadmin_explore", args=[house.home.pk])

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            editor.get(address)
        return sum("restriction" in query["sql"] or "auth_group" in query["sql"] for query in asked)

    editor.get(address)
    few = questions()
    for number in range(6):
        page = house.home.add_child(instance=StandardPage(title=f"Page {number}"))
        restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
        restriction.groups.add(guardian.group)
    assert questions() == few


def test_the_privacy_of_pages_and_collections_is_explained(house: House, editor: Client) -> None:
    page = editor.get(reverse("wagtailadmin_pages:set_privacy", args=[house.diary.pk])).json()["html"]
    assert "keep this page for members" in page and "Guardian" in page
    collection = editor.get(reverse("wagtailadmin_collections:set_privacy", args=[house.collection.pk])).json()["html"]
    assert "Pictures, documents and recordings" in collection and "keep this page" not in collection


def test_an_editor_closes_a_page_with_the_privacy_form(house: House, editor: Client, guardian: Tier) -> None:
    page = house.open_page
    address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    editor.post(address, {"restriction_type": "groups", "groups": [guardian.group.pk], "password": ""})
    assert "for everybody" not in Client().get("/open/").text


def said_when_published(editor: Client, page: StandardPage) -> str:
    request = editor.get("/").wsgi_request
    for tell in hooks.get_hooks("after_publish_page"):
        tell(request, page)
    return " ".join(str(message) for message in get_messages(request))


def test_an_editor_is_told_of_public_files_on_a_members_page(house: House, editor: Client) -> None:
    assert said_when_published(editor, house.diary) == ""
    root = Collection.get_first_root_node()
    SiteImage.objects.update(collection=root)
    SiteDocument.objects.update(collection=root)
    assert "Letter and Loom can be fetched by anybody" in said_when_published(editor, house.diary)
    assert said_when_published(editor, house.open_page) == ""
    picture = {"image": house.picture.pk, "decorative": True, "alt_text": ""}
    hidden = raw_block("picture", image=picture, caption="")
    house.open_page.body = [hidden, raw_block("members", teaser="<p>x</p>", who=["any"], body=[])]
    assert said_when_published(editor, house.open_page) == "", "outside the members' part it is public on purpose"
    house.open_page.body = [raw_block("members", teaser="<p>x</p>", who=["any"], body=[hidden])]
    assert "Loom can be fetched" in said_when_published(editor, house.open_page)


def test_the_editor_opens_a_page_with_a_members_block(house: House, editor: Client) -> None:
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[house.open_page.pk])).text
    assert "Every member" in shown and "Guardian" in shown and "Teaser" in shown


# -- The demo's pages for members ---------------------------------------------------------------------------


@pytest.fixture
def demo_site(tiers: list[Tier]) -> None:
    build_site()
    build_diary()


def test_the_demo_shows_what_is_for_whom(demo_site: None, friend: Tier, guardian: Tier) -> None:
    fred = signed_in(make_member("fred@example.org", friend))
    gwen = signed_in(make_member("gwen@example.org", guardian))
    for client, diary, patterns, part in (
        (Client(), False, False, False),
        (fred, True, False, True),
        (gwen, True, True, True),
    ):
        assert ("The week of the linen" in client.get("/from-the-workshop/").text) == diary
        assert ("The pattern, to print" in client.get("/from-the-workshop/pattern-book/").text) == patterns
        assert ("Wages for nine people" in client.get("/what-we-do/").text) == part
    assert "/join/friend/" not in fred.get("/from-the-workshop/pattern-book/").text


def test_building_the_demo_again_changes_nothing(demo_site: None) -> None:
    before = (Page.objects.count(), SiteImage.objects.count(), PageViewRestriction.objects.count())
    build_diary()
    assert (Page.objects.count(), SiteImage.objects.count(), PageViewRestriction.objects.count()) == before


def test_everything_in_the_demos_pages_could_have_been_typed_by_an_editor(demo_site: None) -> None:
    for slug in ("from-the-workshop", "pattern-book"):
        page = StandardPage.objects.get(slug=slug)
        page.body.stream_block.clean(page.body)
        page.full_clean()
    last = StandardPage.objects.get(slug="what-we-do").body[-1]
    assert last.block_type == "members"
    last.block.clean(last.value)
