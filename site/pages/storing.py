"""Where renditions lie: those of a private collection's pictures and of people in private, others in public."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.urls import reverse
from django.utils.deconstruct import deconstructible

PRIVATE_FOLDER = "members"
PUBLIC_FOLDER = "images"


def is_private(name: str) -> bool:
    return name.startswith(f"{PRIVATE_FOLDER}/")


@deconstructible
class RenditionStorage(Storage):
    """Two roots behind one storage; the first part of a file's name says which."""

    def _root(self, name: str) -> Any:
        return storages["private" if is_private(name) else "default"]

    def _open(self, name: str, mode: str = "rb") -> File:
        return self._root(name)._open(name, mode)

    def _save(self, name: str, content: File) -> str:
        return self._root(name)._save(name, content)

    def path(self, name: str) -> str:
        return self._root(name).path(name)

    def delete(self, name: str) -> None:
        self._root(name).delete(name)

    def exists(self, name: str) -> bool:
        return self._root(name).exists(name)

    def size(self, name: str) -> int:
        return self._root(name).size(name)

    def url(self, name: str | None) -> str:
        name = name or ""
        if is_private(name):
            return reverse("members_picture", args=[name.removeprefix(f"{PRIVATE_FOLDER}/")])
        return storages["default"].url(name)
