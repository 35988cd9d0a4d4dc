"""The notice to the family: what it says, as it will look, sent once more; and a card to print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from membership.models import Gift, Tribute
from membership.tribute_form import NoticeForm
from membership.tributes import MOST_RESENDS, address_notice, is_kept, notice_of, notify_again

MAIL_POLICY: Any = {"default-src": [NONE], "style-src": [UNSAFE_INLINE]}


def _mine(request: HttpRequest, public_id: UUID) -> Tribute:
    gifts = Gift.objects.of_user(request.user).begun().filter(public_id=public_id)
    tribute = Tribute.objects.filter(gift__in=gifts).select_related("gift__payer", "mail").first()
    if tribute is None:
        raise Http404("no such tribute")
    return tribute


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tribute(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = _mine(request, public_id)
    if request.method != "POST":
        return _page(request, mine, NoticeForm(initial=_initial(mine)))
    form = NoticeForm(request.POST)
    form.fields["family_email"].required = True
    form.fields["family_email"].error_messages["required"] = "Enter the address to write to."
    if not form.is_valid():
        return _page(request, mine, form, status=422)
    _address_or_send(request, mine, form)
    return redirect("tribute", public_id)


def _initial(tribute: Tribute) -> dict[str, str]:
    return {
        "family_name": tribute.family_name,
        "family_email": tribute.family_email,
        "tribute_message": tribute.message,
    }


def _address_or_send(request: HttpRequest, mine: Tribute, form: NoticeForm) -> None:
    if not address_notice(mine, **form.notice()):
        messages.error(request, "The message was sent as often as it can be. Write to us if it still did not arrive.")
    elif mine.sent_at is None:
        messages.success(request, "Saved. The message waits for its day.")
    elif notify_again(mine, most=MOST_RESENDS):
        messages.success(request, "The message is on its way once more.")
    else:
        messages.error(request, "The message can’t be sent again: the gift was given back.")


def _page(request: HttpRequest, mine: Tribute, form: NoticeForm, status: int = 200) -> HttpResponse:
    context = {
        "tribute": mine,
        "gift": mine.gift,
        "form": form,
        "notice": notice_of(mine),
        "is_kept": is_kept(mine.gift),
        "resends_left": max(MOST_RESENDS - mine.resends, 0),
    }
    return render(request, "membership/tribute.html", context, status=status)


@never_cache
@login_required
@require_safe
@csp(MAIL_POLICY)  # type: ignore[arg-type]
def tribute_mail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The mail as a mail reader draws it. Its styles are its own, so this one answer allows them and nothing else."""
    return HttpResponse(notice_of(_mine(request, public_id)).html)


@never_cache
@login_required
@require_safe
def tribute_card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = _mine(request, public_id)
    return render(request, "membership/tribute_card.html", {"tribute": mine, "gift": mine.gift})
