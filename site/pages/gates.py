"""What is kept for members, and who may read it: decided anew at every request.

Wagtail's privacy is the data: a page or a collection is restricted to groups. Being in a group is not enough where an
offering keeps a gate for it: the offering is asked whether this person's membership is live *now*, and both must say
yes. An offering registers its gate with the Wagtail hook ``register_gate``: a function without arguments that returns
a ``Gate``. Pages know groups only, so an offering can be deleted without touching a page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from wagtail import hooks
from wagtail.models import BaseViewRestriction

ANY = "any"
REMEMBERED = "_steadfast_standing"
HOLDS_MEMBERS_BLOCK = "_steadfast_members_block"


@dataclass(frozen=True, kw_only=True)
class Gate:
    # The groups that count only while the offering says so, and what staff call them.
    groups: Callable[[], Mapping[int, str]]
    # Those of them that are live for this user at this moment.
    live: Callable[[Any], Collection[int]]
    # Safe HTML: how somebody who is in none of these groups can join.
    invitation: Callable[[HttpRequest, Collection[int]], str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a visitor stands for the length of one request."""

    # All groups that have a gate.
    kept: frozenset[int]
    # The groups with a gate that let this visitor in.
    open: frozenset[int]


def all_gates() -> list[Gate]:
    return [register() for register in hooks.get_hooks("register_gate")]


def kept_groups() -> dict[int, str]:
    return {pk: name for gate in all_gates() for pk, name in gate.groups().items()}


def gate_choices() -> list[tuple[str, str]]:
    """Whom an editor can open a block to."""
    return [(ANY, "Every member"), *((str(pk), name) for pk, name in kept_groups().items())]


def standing_of(request: HttpRequest) -> Standing:
    """Asked of the database once a request. Never kept longer: access must end with the membership."""
    standing: Standing | None = getattr(request, REMEMBERED, None)
    if standing is None:
        standing = _standing(getattr(request, "user", None))
        setattr(request, REMEMBERED, standing)
    return standing


def _standing(user: Any) -> Standing:
    gates = all_gates()
    kept = frozenset(pk for gate in gates for pk in gate.groups())
    if not kept or user is None or not user.is_authenticated:
        return Standing(kept=kept, open=frozenset())
    live = frozenset(pk for gate in gates for pk in gate.live(user)) & kept
    inside = user.groups.filter(pk__in=live).values_list("pk", flat=True) if live else ()
    return Standing(kept=kept, open=frozenset(inside))


def opens_to(request: HttpRequest, who: Iterable[str]) -> bool:
    """Whether what an editor has opened to ``who`` (of ``gate_choices``) is open to this visitor."""
    standing = standing_of(request)
    return any(bool(standing.open) if one == ANY else one in map(str, standing.open) for one in who)


def groups_behind(who: Iterable[str], kept: Collection[int]) -> frozenset[int]:
    """The groups that ``who`` means; a group that is gone means nobody."""
    chosen = set(who)
    return frozenset(pk for pk in kept if ANY in chosen or str(pk) in chosen)


def groups_of(restriction: BaseViewRestriction) -> frozenset[int]:
    if restriction.restriction_type != BaseViewRestriction.GROUPS:
        return frozenset()
    return frozenset(group.pk for group in restriction.groups.all())


def accepts(request: HttpRequest, restriction: BaseViewRestriction) -> bool:
    """Whether a restriction of a page or a collection lets this visitor through."""
    groups = groups_of(restriction)
    standing = standing_of(request)
    if not groups & standing.kept:
        # Passwords, "signed in" and staff's own groups are Wagtail's business.
        return bool(restriction.accept_request(request))
    if groups & standing.open:
        return True
    others = groups - standing.kept
    return bool(others and request.user.is_authenticated and request.user.groups.filter(pk__in=others).exists())


def invitation(request: HttpRequest, groups: Collection[int]) -> str:
    """How to get in, from the gates that keep these groups."""
    found = []
    for gate in all_gates():
        kept = frozenset(gate.groups()) & frozenset(groups)
        if kept:
            found.append(gate.invitation(request, kept))
    return "".join(found)


def invitation_context(request: HttpRequest, groups: Collection[int]) -> dict[str, Any]:
    """What a template needs to ask somebody in: the gates' words, and where to sign in and come back."""
    sign_in = ""
    if not request.user.is_authenticated:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
    return {"invitation": mark_safe(invitation(request, groups)), "sign_in": sign_in}  # noqa: S308


def mark_members_block(request: HttpRequest) -> None:
    """Said while a page is drawn that holds something for members only."""
    setattr(request, HOLDS_MEMBERS_BLOCK, True)


def mind_members_block(request: HttpRequest, response: HttpResponse) -> None:
    """What a members' block was drawn for is nobody else's; without one, the page stays as it is."""
    if not getattr(request, HOLDS_MEMBERS_BLOCK, False):
        return
    if request.user.is_authenticated:
        keep_out_of_caches(response)
    else:
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Cookie"])


def keep_out_of_caches(response: HttpResponseBase) -> None:
    """What one visitor may see, no cache may show to another, nor the same one tomorrow."""
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie"])
