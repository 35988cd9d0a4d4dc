from __future__ import annotations

from allauth.account.views import LoginView
from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts import choices
from accounts.forms import MailChoicesForm, NameForm, PasswordLoginForm
from accounts.models import MailChoice, OutgoingMail
from accounts.people import addresses_of
from accounts.sections import sections_for

# Where allauth keeps a sign-in that is half done.
LOGIN = "account_login"


def to_the_login(request: HttpRequest) -> HttpResponse:
    """Wagtail's own log-in forms skip the second factor: none of them is ever shown."""
    query = urlencode({"next": request.GET["next"]}) if request.GET.get("next") else ""
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


class PasswordLoginView(LoginView):
    template_name = "account/login_password.html"

    def get_form_class(self) -> type[PasswordLoginForm]:
        return PasswordLoginForm


@never_cache
@login_required
def account_home(request: HttpRequest) -> HttpResponse:
    sections = [(section.title, section.render(request)) for section in sections_for(request)]
    return render(request, "accounts/home.html", {"sections": sections})


@never_cache
@login_required
def change_name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your name is saved.")
        return redirect("account_home")
    return render(request, "accounts/name.html", {"form": form})


@never_cache
@login_required
def mail_choices(request: HttpRequest) -> HttpResponse:
    """What is chosen counts for every address that the person has proved to be theirs."""
    form = MailChoicesForm(
        request.POST if request.method == "POST" else None, initial=choices.choices_of(request.user.get_username())
    )
    if request.method == "POST" and form.is_valid():
        choices.save_choices(addresses_of(request.user), form.cleaned_data, how=MailChoice.How.ACCOUNT)
        messages.success(request, "Your choice is saved. It counts from now on.")
        return redirect("account_home")
    context = {"form": form, "addresses": addresses_of(request.user)}
    return render(request, "accounts/mail_choices.html", context)


@never_cache
def demo_mail_list(request: HttpRequest) -> HttpResponse:
    _demo_only()
    page = Paginator(OutgoingMail.objects.all(), 25).get_page(request.GET.get("p"))
    return render(request, "accounts/demo_mail_list.html", {"page": page})


@never_cache
def demo_mail(request: HttpRequest, mail_pk: int) -> HttpResponse:
    _demo_only()
    mail = get_object_or_404(OutgoingMail, pk=mail_pk)
    return render(request, "accounts/demo_mail.html", {"mail": mail, "waits_for_code": LOGIN in request.session})


@never_cache
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE]})  # type: ignore[arg-type]
def demo_mail_html(request: HttpRequest, mail_pk: int) -> HttpResponse:
    """The mail as a mail reader draws it. Its styles were inlined, so this one answer allows them and nothing else."""
    _demo_only()
    return HttpResponse(get_object_or_404(OutgoingMail, pk=mail_pk).html)


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404
