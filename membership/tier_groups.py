"""Tier groups are keys to what members may read, and to nothing else: they carry no permission, ever.

Staff can open Wagtail's group screen, where a tier's group looks like a staff role. What they try there is refused.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q

REFUSED = "The groups of tiers carry no permissions: members would become staff."
CARRIES = Q(permissions__isnull=False) | Q(page_permissions__isnull=False) | Q(collection_permissions__isnull=False)


def without_rights(groups: list[Group]) -> list[Group]:
    """Those that members may be put into. A group with rights is a staff role, however it came to be a tier's."""
    carrying = set(Group.objects.filter(CARRIES, pk__in=[group.pk for group in groups]).values_list("pk", flat=True))
    return [group for group in groups if group.pk not in carrying]


def refuse_permissions(
    sender: object, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """For ``group.permissions`` and, from the other side, ``permission.group_set``."""
    if action != "pre_add" or not pk_set:
        return
    groups = Group.objects.filter(pk__in=pk_set if reverse else [instance.pk])
    if groups.filter(membership_tier__isnull=False).exists():
        raise PermissionDenied(REFUSED)


def refuse_tree_permission(sender: object, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """For the permissions on parts of the page tree and on collections."""
    if not raw and Group.objects.filter(pk=instance.group_id, membership_tier__isnull=False).exists():
        raise PermissionDenied(REFUSED)
