"""Files over HTTP: public renditions as they are, everything of a private collection after asking who it is."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import etag, require_safe
from wagtail.documents.models import document_served
from wagtail.documents.views.serve import serve as wagtail_serve
from wagtail.models import BaseViewRestriction, CollectionViewRestriction

from pages import gates, private_files
from pages.models import SiteDocument, SiteRendition
from pages.ranges import with_range
from pages.storing import PRIVATE_FOLDER, PUBLIC_FOLDER

NAME = re.compile(r"(images|members)/[A-Za-z0-9_.-]+\.(webp|png|jpe?g|gif|avif)\Z")
# Written down, because a bare machine's list of types may not know them and nosniff forbids guessing.
TYPES = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
YEAR = 31_536_000


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Serve what Wagtail drew for the public, and nothing else that may ever lie in the media root."""
    name = f"{PUBLIC_FOLDER}/{name}"
    found = _known(name)
    # It may have become private a moment ago, before its file was thrown away.
    if private_files.restrictions_of(found.image) or found.image.consent:
        raise Http404
    response = _picture("default", name)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@require_safe
def members_picture(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A rendition of a picture in a private collection, or of a person. To anybody else it does not exist."""
    name = f"{PRIVATE_FOLDER}/{name}"
    found = _known(name)
    if private_files.is_hot_linked(request) or private_files.closed_to(request, found.image):
        raise Http404
    if private_files.lacks_consent(request, found.image):
        raise Http404
    response = _picture("private", name)
    gates.keep_out_of_caches(response)
    return response


def _known(name: str) -> SiteRendition:
    found = private_files.rendition_named(name) if NAME.match(name) else None
    if found is None:
        raise Http404
    return found


def _picture(root: str, name: str) -> FileResponse:
    try:
        file = storages[root].open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        content_type=TYPES.get(name.rsplit(".", 1)[1], "image/avif"),
        headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"},
    )


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """In place of Wagtail's own view, which sends no caching rules and asks only whether somebody is in a group."""
    found = get_object_or_404(SiteDocument.objects.select_related("collection"), pk=document_id)
    if private_files.is_kept(request, found):
        raise Http404
    closed = private_files.closed_to(request, found)
    if closed:
        response = _turn_away(request, closed) or wagtail_serve(request, document_id, document_filename)
        gates.keep_out_of_caches(response)
        return response
    if found.filename != document_filename:
        raise Http404
    is_private = bool(private_files.restrictions_of(found))
    if is_private and private_files.is_hot_linked(request):
        raise PermissionDenied
    document_served.send(sender=SiteDocument, instance=found, request=request)
    response = with_range(request, _conditional(request, found))
    if is_private:
        gates.keep_out_of_caches(response)
    else:
        # Asked for anew each time: it may have been made private, or withdrawn.
        response["Cache-Control"] = "no-cache"
    return response


def stream_kept(request: HttpRequest, found: SiteDocument) -> HttpResponseBase:
    """A document for whom the caller has let in; no cache keeps it, and no other site shows it as its own."""
    if private_files.is_hot_linked(request):
        raise PermissionDenied
    document_served.send(sender=SiteDocument, instance=found, request=request)
    response = with_range(request, _conditional(request, found))
    gates.keep_out_of_caches(response)
    return response


def _turn_away(request: HttpRequest, closed: list[CollectionViewRestriction]) -> HttpResponse | None:
    """The same answer whatever the file is called and however long it is; None where Wagtail asks for a password."""
    kept = gates.standing_of(request).kept
    if all(gates.groups_of(restriction) & kept for restriction in closed):
        groups = frozenset[int]().union(*(gates.groups_of(restriction) & kept for restriction in closed))
        return render(request, "pages/members_file.html", gates.invitation_context(request, groups), status=403)
    if request.user.is_authenticated and any(gates.groups_of(restriction) for restriction in closed):
        raise PermissionDenied
    if any(restriction.restriction_type == BaseViewRestriction.PASSWORD for restriction in closed):
        return None
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def _conditional(request: HttpRequest, found: SiteDocument) -> HttpResponseBase:
    """The file, or 304 for whoever has it and may still have it."""

    @etag(lambda request: f'"{found.get_file_hash()}"')
    def stream(request: HttpRequest) -> FileResponse:
        # An attachment with no rights: a page that somebody uploaded must not run as a page of ours.
        return FileResponse(
            found.file.open("rb"),
            as_attachment=True,
            filename=found.filename,
            content_type=found.content_type,
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"},
        )

    return stream(request)
