"""Pictures, documents and recordings of private collections: who may have them, asked at every request.

Originals and documents always lie in the private root. Renditions follow their picture: ``put_in_place`` throws away
those that lie in the wrong root after a picture or a collection became private or public, and Wagtail draws them anew.
A picture of a person lies there too: it is served while their consent is live.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.documents.permissions import permission_policy as documents_policy
from wagtail.images.permissions import permission_policy as pictures_policy
from wagtail.models import Collection, CollectionMember, CollectionViewRestriction

from pages import gates
from pages.consent import may_show_picture
from pages.models import SiteDocument, SiteImage, SiteRendition
from pages.storing import PRIVATE_FOLDER, PUBLIC_FOLDER

STAFF_ACTIONS = ["add", "change", "delete", "choose"]


def restrictions_of(member: CollectionMember) -> list[CollectionViewRestriction]:
    return list(member.collection.get_view_restrictions().prefetch_related("groups"))


def closed_to(request: HttpRequest, member: CollectionMember) -> list[CollectionViewRestriction]:
    """The restrictions that keep this visitor from a picture or a document. Staff who work with it have it."""
    restrictions = restrictions_of(member)
    closed = [restriction for restriction in restrictions if not gates.accepts(request, restriction)]
    return [] if closed and _is_staff_of(request, member) else closed


def is_kept(request: HttpRequest, document: SiteDocument) -> bool:
    """Whether an app has said by the hook ``keeps_document`` that it lets people in itself. Staff have their files."""
    return any(keeps(document) for keeps in hooks.get_hooks("keeps_document")) and not _is_staff_of(request, document)


def lacks_consent(request: HttpRequest, picture: SiteImage) -> bool:
    """Whether the person on a picture does not agree, today. Staff who work with pictures have it until it is gone."""
    return not may_show_picture(picture, timezone.localdate()) and not _is_staff_of(request, picture)


def _is_staff_of(request: HttpRequest, member: CollectionMember) -> bool:
    user = request.user
    if isinstance(user, AnonymousUser) or not user.is_staff:
        return False
    policy = documents_policy if isinstance(member, SiteDocument) else pictures_policy
    if not policy.user_has_any_permission_for_instance(user, STAFF_ACTIONS, member):
        return False
    # Staff's rights hold where they have shown their second factor, not in any session of theirs.
    return any(may_use(request) for may_use in hooks.get_hooks("staff_rights_hold"))


def is_hot_linked(request: HttpRequest) -> bool:
    """Shown inside somebody else's page. A link that a person follows, from a mail for instance, is none."""
    site = request.headers.get("Sec-Fetch-Site", "")
    return site == "cross-site" and request.headers.get("Sec-Fetch-Dest") != "document"


def rendition_named(name: str) -> SiteRendition | None:
    return SiteRendition.objects.filter(file=name).select_related("image__collection", "image__consent").first()


def private_collections() -> Any:
    inside = Q(pk__in=[])
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        inside |= Q(path__startswith=path)
    return Collection.objects.filter(inside)


def put_in_place(pictures: Any = None) -> int:
    """Throw away renditions in the wrong root, of these pictures or of all; returns how many."""
    pictures = SiteImage.objects.all() if pictures is None else pictures
    hidden = Q(image__collection__in=private_collections()) | Q(image__consent__isnull=False)
    misplaced = SiteRendition.objects.filter(
        (hidden & Q(file__startswith=f"{PUBLIC_FOLDER}/")) | (~hidden & Q(file__startswith=f"{PRIVATE_FOLDER}/")),
        image__in=pictures,
    )
    # One by one: Wagtail's receivers delete the files and forget what they had cached.
    return sum(rendition.delete()[0] for rendition in misplaced.select_related("image"))


def when_privacy_changes(sender: object, **kwargs: Any) -> None:
    """A collection became private or public, and with it what lies in it and below it."""
    put_in_place()


def when_picture_is_saved(sender: object, instance: SiteImage, created: bool, raw: bool, **kwargs: Any) -> None:
    if not created and not raw:
        put_in_place(SiteImage.objects.filter(pk=instance.pk))
