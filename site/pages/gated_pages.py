"""Pages that are kept for members: everybody gets the title, the teaser and how to join; members get the page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from wagtail.models import Page, PageViewRestriction

from pages import gates
from pages.searching import words_of

REMEMBERED = "_steadfast_closed_paths"
Serve = Callable[[Page, HttpRequest, Any, Any], HttpResponse]


def keep_gate(serve: Serve) -> Serve:
    """Wagtail's ``on_serve_page`` hook, around Wagtail's own check: that one would send a signed-in stranger to the
    log-in page, which sends them back, for ever."""

    def serve_or_invite(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        if isinstance(page, SeenAtOnce):
            page.is_seen_by_all = closed_paths(request).let_all_in(page)
        restrictions = list(page.get_view_restrictions().prefetch_related("groups"))
        closed = [restriction for restriction in restrictions if not gates.accepts(request, restriction)]
        kept = gates.standing_of(request).kept if closed else frozenset()
        if closed and all(gates.groups_of(restriction) & kept for restriction in closed):
            response = invite(request, page, _ways_in(closed, kept))
        elif request.user.is_authenticated and any(gates.groups_of(restriction) for restriction in closed):
            raise PermissionDenied
        else:
            response = serve(page, request, args, kwargs)
        if restrictions:
            gates.keep_out_of_caches(response)
        elif hasattr(response, "add_post_render_callback"):
            response.add_post_render_callback(lambda drawn: gates.mind_members_block(request, drawn))
        return response

    return serve_or_invite


def _ways_in(closed: list[PageViewRestriction], kept: Collection[int]) -> frozenset[int]:
    """The groups that open what is closed: of a page in a members' section, its own, not only the section's."""
    found = [gates.groups_of(restriction) & frozenset(kept) for restriction in closed]
    in_all = frozenset.intersection(*found)
    return in_all or frozenset().union(*found)


def invite(request: HttpRequest, page: Page, groups: Collection[int]) -> HttpResponse:
    page = page.specific
    context = {
        "page": page,
        "teaser": teaser_of(page),
        "can_edit": request.user.is_staff and page.permissions_for_user(request.user).can_edit(),
        **gates.invitation_context(request, groups),
    }
    return render(request, "pages/teaser.html", context)


def teaser_of(page: Page) -> str:
    return getattr(page, "teaser", "") or ""


# -- Which pages may be spoken of in public -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ClosedPaths:
    """Where something is kept for somebody, and which pages are aliases: of what, their key and their path."""

    restricted: tuple[str, ...]
    aliases: tuple[tuple[str, int, str], ...]

    @property
    def closed_aliases(self) -> list[int]:
        return [pk for source, pk, _ in self.aliases if source.startswith(self.restricted)]

    def let_all_in(self, page: Page) -> bool:
        """Nothing keeps this page or one above it. Below an alias only Wagtail's own, longer look can tell."""
        return not page.path.startswith((*self.restricted, *(path for _, _, path in self.aliases)))


def closed_paths(request: HttpRequest | None = None) -> ClosedPaths:
    """One query, and one only for the length of a request."""
    closed: ClosedPaths | None = getattr(request, REMEMBERED, None)
    if closed is None:
        restricted = PageViewRestriction.objects.order_by().values_list("page__path", Value(0), Value(""))
        aliases = Page.objects.filter(alias_of__isnull=False).order_by()
        rows = list(restricted.union(aliases.values_list("alias_of__path", "pk", "path"), all=True))
        closed = ClosedPaths(
            restricted=tuple(path for path, pk, _ in rows if not pk), aliases=tuple(row for row in rows if row[1])
        )
        if request is not None:
            setattr(request, REMEMBERED, closed)
    return closed


class SeenAtOnce:
    """A page that is asked for so often that ``keep_gate`` tells it, and so Wagtail's own check, what it has seen."""

    is_seen_by_all = False

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        if self.is_seen_by_all:
            return PageViewRestriction.objects.none()
        restrictions: QuerySet[PageViewRestriction] = super().get_view_restrictions()  # type: ignore[misc]
        return restrictions


def public(pages: QuerySet[Any], request: HttpRequest | None = None) -> QuerySet[Any]:
    """Pages that anybody may read. Wagtail's own ``public()`` forgets the aliases of private pages."""
    closed = closed_paths(request)
    private = Q()
    for path in closed.restricted:
        private |= Q(path__startswith=path)
    # As a list: the search takes no query inside a query.
    return pages.exclude(private).exclude(pk__in=closed.closed_aliases) if private else pages


def gated() -> Any:
    """Live pages that only a gate keeps: nothing above them is closed by a password, a log-in or a staff group."""
    kept = frozenset(gates.kept_groups())
    by_gate, by_others = Q(), Q()
    for restriction in PageViewRestriction.objects.select_related("page").prefetch_related("groups"):
        below = Q(path__startswith=restriction.page.path)
        if gates.groups_of(restriction) & kept:
            by_gate |= below
        else:
            by_others |= below
    if not by_gate:
        return Page.objects.none()
    pages = Page.objects.live().filter(by_gate, alias_of=None)
    return pages.exclude(by_others) if by_others else pages


def find_gated(text: str, limit: int = 10) -> list[Page]:
    """Members' pages found by what everybody may read of them: title and teaser, never the body."""
    words = words_of(text)
    if not words:
        return []
    return [page for page in gated().order_by("title").specific() if _says(page, words)][:limit]


def _says(page: Page, words: list[str]) -> bool:
    public_words = f"{page.title} {page.search_description} {strip_tags(teaser_of(page))}".casefold()
    return all(word.casefold() in public_words for word in words)
