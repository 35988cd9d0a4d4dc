"""Downloading and closing: what people do with all of their data at once."""

from __future__ import annotations

import json
import zipfile
from tempfile import TemporaryFile
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import privacy
from accounts.cells import csv_lines
from accounts.forms import CloseForm
from accounts.privacy import CannotErase, Person, Table
from accounts.recently import recent_sign_in_required

READ_ME = """\
What {site} knows about you, as of {today}.

my-data.json holds all of it in one file, for programs. Each .csv file holds one table of the same, for a spreadsheet.
Amounts are in the currency that stands beside them. If something is wrong or missing, write to us.
"""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The stop before such a page: signing out and in again, and on to where one wanted to go."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        wanted = reverse("account_home")
    if request.method != "POST":
        return render(request, "accounts/sign_in_again.html", {"wanted": wanted})
    logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest) -> HttpResponseBase:
    person = _person(request)
    if request.method != "POST":
        return render(request, "accounts/download.html", {"tables": privacy.tables_of(person)})
    return FileResponse(
        _zip_of(privacy.tables_of(person)),
        as_attachment=True,
        filename=f"my-data-{timezone.localdate().isoformat()}.zip",
        content_type="application/zip",
        headers={"Cache-Control": "private, no-store"},
    )


def _zip_of(tables: list[Table]) -> TemporaryFile:  # type: ignore[valid-type]
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    everything = {
        "site": settings.BASE_URL,
        "made_at": timezone.now(),
        "tables": {table.name: table.rows for table in tables},
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("READ-ME.txt", READ_ME.format(site=settings.BASE_URL, today=timezone.localdate()))
        archive.writestr("my-data.json", json.dumps(everything, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        for table in tables:
            header = list(table.rows[0])
            lines = csv_lines(header, ([row[column] for column in header] for row in table.rows))
            archive.writestr(f"{table.name}.csv", b"".join(lines))
    file.seek(0)
    return file


@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    if request.user.is_staff:
        # Somebody else must take over first: an organisation must not lose its last administrator by a form.
        return render(request, "accounts/close_staff.html", status=403)
    person = _person(request)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _close_page(request, form, person, status=422 if form.errors else 200)
    try:
        privacy.erase(person)
    except CannotErase as reason:
        return _close_page(request, form, person, status=503, reason=str(reason))
    logout(request)
    return redirect("account_closed")


def _close_page(
    request: HttpRequest, form: CloseForm, person: Person, *, status: int, reason: str = ""
) -> HttpResponse:
    context = {"form": form, "notes": privacy.erasure_notes(person), "reason": reason}
    return render(request, "accounts/close.html", context, status=status)


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Says nothing about anybody: whoever opens it reads the same."""
    return render(request, "accounts/closed.html")


def _person(request: HttpRequest) -> Person:
    return privacy.person_of(request.user)  # type: ignore[arg-type]
