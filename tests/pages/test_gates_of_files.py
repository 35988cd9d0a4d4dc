"""Pictures follow their collection: out of the public root when it becomes private, and back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from accounts.models import User
from pages.models import SiteDocument, SiteImage, SiteRendition
from pages.private_files import put_in_place

pytestmark = pytest.mark.django_db(transaction=True)
SPEC = "width-20|format-webp"


@pytest.fixture
def board(db: None) -> Group:
    return Group.objects.create(name="Board")


@pytest.fixture
def collection(db: None) -> Collection:
    return Collection.get_first_root_node().add_child(name="Board")


@pytest.fixture
def picture(photo: Callable[..., BytesIO], collection: Collection) -> SiteImage:
    image = SiteImage(title="A picture", collection=collection, file=File(photo(), name="x.jpg"))
    image.save()
    return image


@pytest.fixture
def editor(client: Client, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(User.objects.create_superuser("ed@example.org", name="Ed Evans"))
    return client


def close(collection: Collection, group: Group) -> CollectionViewRestriction:
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    restriction.groups.add(group)
    return restriction


def again(picture: SiteImage) -> SiteImage:
    return SiteImage.objects.get(pk=picture.pk)


def public_files() -> list[Path]:
    return [path for path in Path(site_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_collection_that_becomes_private_takes_its_pictures_out_of_the_public_root(
    picture: SiteImage, collection: Collection, board: Group
) -> None:
    old = picture.get_rendition(SPEC).url
    assert Client().get(old).status_code == 200
    restriction = close(collection, board)
    assert public_files() == []
    assert Client().get(old).status_code == 404
    new = again(picture).get_rendition(SPEC).url
    assert new.startswith("/members/pictures/") and Client().get(new).status_code == 404
    assert public_files() == []
    restriction.delete()
    assert Client().get(new).status_code == 404
    back = again(picture).get_rendition(SPEC).url
    assert back.startswith("/media/images/") and Client().get(back).status_code == 200


def test_a_restriction_above_closes_what_is_below(picture: SiteImage, collection: Collection, board: Group) -> None:
    old = picture.get_rendition(SPEC).url
    close(Collection.get_first_root_node(), board)
    assert public_files() == [] and Client().get(old).status_code == 404


def test_a_picture_that_is_moved_to_a_private_collection_leaves_the_public_root(
    picture: SiteImage, board: Group
) -> None:
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    close(hidden, board)
    old = picture.get_rendition(SPEC).url
    picture.collection = hidden
    picture.save()
    assert public_files() == [] and Client().get(old).status_code == 404
    assert again(picture).get_rendition(SPEC).url.startswith("/members/pictures/")


def test_what_another_process_remembers_of_a_moved_picture_is_not_shown(picture: SiteImage, board: Group) -> None:
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    close(hidden, board)
    old = picture.get_rendition(SPEC)
    key = old.get_cache_key()
    picture.collection = hidden
    picture.save()
    SiteRendition.cache_backend.set(key, old)
    assert again(picture).get_rendition(SPEC).url.startswith("/members/pictures/")


def test_many_pictures_moved_at_once_leave_it_too(editor: Client, picture: SiteImage, board: Group) -> None:
    """Wagtail moves them without saving any: no signal tells of it."""
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    close(hidden, board)
    picture.get_rendition(SPEC)
    address = reverse("wagtail_bulk_action", args=["pages", "siteimage", "add_to_collection"])
    editor.post(f"{address}?id={picture.pk}", {"collection": hidden.pk})
    assert again(picture).collection == hidden
    assert public_files() == []


def test_what_became_private_unheard_is_refused_at_once_and_put_in_place_later(
    picture: SiteImage, board: Group
) -> None:
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    close(hidden, board)
    old = picture.get_rendition(SPEC).url
    SiteImage.objects.filter(pk=picture.pk).update(collection=hidden)
    assert Client().get(old).status_code == 404
    assert put_in_place() == 1
    assert public_files() == []
    assert put_in_place() == 0


def test_a_whole_collection_moved_below_a_private_one_is_closed(
    editor: Client, picture: SiteImage, collection: Collection, board: Group
) -> None:
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    close(hidden, board)
    old = picture.get_rendition(SPEC).url
    Collection.objects.get(pk=collection.pk).move(hidden, "sorted-child")
    assert Client().get(old).status_code == 404
    put_in_place()
    assert public_files() == []


def test_staff_see_private_pictures_only_with_their_second_factor(
    picture: SiteImage, collection: Collection, board: Group, settings: Any
) -> None:
    close(collection, board)
    address = again(picture).get_rendition(SPEC).url
    ed = User.objects.create_user("ed@example.org")
    ed.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(ed)
    assert client.get(address).status_code == 404, "the second factor was not shown in this session"
    settings.STAFF_SECOND_FACTOR = False
    assert client.get(address).status_code == 200
    ed.groups.clear()
    assert client.get(address).status_code == 404, "staff of another kind"


def test_who_is_in_the_group_sees_the_picture(
    picture: SiteImage, collection: Collection, board: Group, charlie: User
) -> None:
    close(collection, board)
    client = Client()
    client.force_login(charlie)
    address = again(picture).get_rendition(SPEC).url
    assert client.get(address).status_code == 404
    charlie.groups.add(board)
    answer = client.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../x.png", "%2e%2e%2fx.png", "x.svg", "x.html", "", "missing.png", "X.PNG"])
def test_the_members_address_serves_nothing_else(client: Client, name: str) -> None:
    for folder in ("members", "images", "original_images"):
        (Path(site_settings.PRIVATE_ROOT) / folder).mkdir(parents=True, exist_ok=True)
        (Path(site_settings.PRIVATE_ROOT) / folder / "x.png").write_bytes(b"secret")
    assert client.get(f"/members/pictures/{name}").status_code == 404


def test_a_file_without_its_row_is_not_served(client: Client, picture: SiteImage) -> None:
    address = picture.get_rendition(SPEC).url
    SiteRendition.objects.all()._raw_delete("default")
    assert public_files() and client.get(address).status_code == 404


def test_a_document_that_becomes_private_is_closed_at_once(collection: Collection, board: Group) -> None:
    document = SiteDocument(title="Minutes", collection=collection, file=SimpleUploadedFile("minutes.txt", b"secret"))
    document.save()
    first = Client().get(document.url)
    assert (first.status_code, first["Cache-Control"]) == (200, "no-cache")
    close(collection, board)
    # Also for a browser that has a copy and asks whether it is still good.
    assert Client().get(document.url, headers={"If-None-Match": first["ETag"]}).status_code == 302


def test_deleting_a_private_picture_deletes_its_files(picture: SiteImage, collection: Collection, board: Group) -> None:
    close(collection, board)
    again(picture).get_rendition(SPEC)
    again(picture).delete()
    left = [path for path in Path(site_settings.PRIVATE_ROOT).rglob("*") if path.is_file()]
    assert left == [] and public_files() == []


def test_files_are_deleted_by_the_worker_too(picture: SiteImage, settings: Any) -> None:
    """Its arguments are kept as JSON, which knows no paths."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    picture.get_rendition(SPEC)
    picture.delete()
    from django_tasks_db.models import DBTaskResult

    assert DBTaskResult.objects.filter(task_path__endswith="delete_file_from_storage_task").count() == 2
