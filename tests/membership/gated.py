"""A small site with everything in it that is for members, each with a word that nobody else may ever be sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from accounts.models import User
from membership.access import sync_groups
from membership.models import Membership, Tier
from membership.states import State
from pages.models import HomePage, SiteDocument, SiteImage, StandardPage
from receipts.models import Payer

# In bodies, introductions and files. Whoever is no member must never be sent one of these.
SECRETS = ("quokkabody", "quokkaintro", "quokkachild", "quokkablock", "quokkafile")
# In titles and teasers. Everybody may read these.
PUBLIC = ("Workshop diary", "lanternteaser")


def raw_block(kind: str, **value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "value": f"<p>{words}</p>", "id": str(uuid.uuid4())}


@dataclass
class House:
    home: HomePage
    diary: StandardPage
    child: StandardPage
    open_page: StandardPage
    collection: Collection
    document: SiteDocument
    picture: SiteImage
    addresses: dict[str, str] = field(default_factory=dict)


def build_house(tier: Tier) -> House:
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Home", slug="house"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    collection = Collection.get_first_root_node().add_child(name="Members")
    close_collection(collection, tier.group)
    document = SiteDocument(title="Letter", collection=collection)
    document.file = SimpleUploadedFile("letter.pdf", b"%PDF quokkafile")
    document.save()
    picture = SiteImage(title="Loom", collection=collection, file=a_picture())
    picture.save()
    diary = home.add_child(
        instance=StandardPage(
            title="Workshop diary",
            slug="diary",
            introduction="quokkaintro",
            teaser="<p>lanternteaser</p>",
            body=[
                text(f'quokkabody <a linktype="document" id="{document.pk}">letter</a>'),
                raw_block("picture", image={"image": picture.pk, "decorative": True, "alt_text": ""}, caption=""),
            ],
        )
    )
    child = diary.add_child(
        instance=StandardPage(title="Diary of May", slug="may", teaser="<p>May</p>", body=[text("quokkachild")])
    )
    restriction = PageViewRestriction(page=diary, restriction_type="groups")
    restriction.save()
    restriction.groups.add(tier.group)
    open_page = home.add_child(
        instance=StandardPage(
            title="Open house",
            slug="open",
            body=[
                text("for everybody"),
                raw_block(
                    "members", teaser="<p>lanternteaser</p>", who=[str(tier.group.pk)], body=[text("quokkablock")]
                ),
            ],
        )
    )
    rendition = picture.get_rendition("width-20|format-webp")
    addresses = {
        "page": "/diary/",
        "child": "/diary/may/",
        "block": "/open/",
        "document": f"/documents/{document.pk}/letter.pdf",
        "rendition": rendition.url,
    }
    for page in (home, diary, child, open_page):
        page.save_revision().publish()
    return House(home, diary, child, open_page, collection, document, picture, addresses)


def close_collection(collection: Collection, group: Group) -> CollectionViewRestriction:
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    restriction.groups.add(group)
    return restriction


def a_picture() -> File:
    target = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "PNG")
    target.seek(0)
    return File(target, name="loom.png")


def make_member(
    email: str, tier: Tier, *, state: str = State.ACTIVE, paid_until: datetime | None = None, in_group: bool = True
) -> User:
    """Somebody whose membership is a row; ``in_group`` as the last sync left it, whatever has happened since."""
    user = User.objects.create_user(email, name=email.split("@")[0].title())
    payer = Payer.objects.create(name=user.name, email=email, user=user, fingerprint=email)
    Membership.objects.create(
        payer=payer,
        tier=tier,
        interval="month",
        amount=1500,
        currency="USD",
        state=state,
        started_at=timezone.now() - timedelta(days=60),
        paid_until=paid_until or timezone.now() + timedelta(days=20),
    )
    sync_groups(user)
    if in_group:
        user.groups.add(tier.group)
    return user


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def bytes_of(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def secrets_in(response: Any) -> list[str]:
    """The secret words in a response, wherever they are."""
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    everything = bytes_of(response) + headers.encode()
    return [secret for secret in SECRETS if secret.encode() in everything]


class CarelessCache:
    """A cache in front of the site that looks at Cache-Control and at nothing else: neither at cookies nor at Vary."""

    kept: ClassVar[dict[str, HttpResponse]] = {}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in self.kept:
            return self.kept[request.path]
        response = self.get_response(request)
        rules = response.get("Cache-Control", "")
        if not any(rule in rules for rule in ("private", "no-store", "no-cache")):
            copy = HttpResponse(bytes_of(response), content_type=response.get("Content-Type"))
            response = self.kept[request.path] = copy
        return response


def people(tier: Tier, other: Tier) -> Iterator[tuple[str, User | None]]:
    """Everybody who must not get in, and why."""
    now = timezone.now()
    grace = timedelta(days=tier.grace_days)
    yield "anonymous", None
    yield "a stranger with an account", User.objects.create_user("stranger@example.org")
    yield "a member of another tier", make_member("other@example.org", other, in_group=False)
    yield (
        "lapsed yesterday",
        make_member("lapsed@example.org", tier, state=State.CANCELLED, paid_until=now - timedelta(days=1)),
    )
    yield (
        "grace over a minute ago",
        make_member("grace@example.org", tier, state=State.PAST_DUE, paid_until=now - grace - timedelta(minutes=1)),
    )
    in_group = User.objects.create_user("group@example.org")
    in_group.groups.add(tier.group)
    yield "in the group by hand, without a membership", in_group
    out_of_group = make_member("late@example.org", tier, in_group=False)
    out_of_group.groups.clear()
    yield "a member whom somebody took out of the group", out_of_group
    # Of the staff, and no member; rights of staff hold only with the second factor, which this session has not shown.
    yield "an editor", User.objects.create_superuser("ed@example.org")
