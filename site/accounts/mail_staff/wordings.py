"""The wording of mails: which there are, what each says in each language, a preview, a test to oneself."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.mail_kinds import MailKind, kind_of, kinds
from accounts.mail_preview import default_wording, draft, in_words_of_staff
from accounts.mail_staff.forms import WordingForm
from accounts.mail_wording import Wording, has_own_file
from accounts.mailing import inlined, queue_words
from accounts.models import MailWording, User
from accounts.wording_history import back_to_default, earlier_words, history_of, word

PERMISSION = "accounts.change_mailwording"
# Shows what a mail says and can do nothing else.
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
LONGEST_SEARCH = 100


class MailsView(WagtailAdminTemplateMixin, TemplateView):
    page_title = "Mails"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        here = {"url": "", "label": self.get_page_title()}
        mails = [{"url": reverse("mails:index"), "label": "Mails"}] if self.page_title != "Mails" else []
        return [*self.breadcrumbs_items, *mails, here]

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 — the permission was asked for
        return user


class IndexView(MailsView):
    template_name = "accounts/staff/mails.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        edited = set(MailWording.objects.filter(is_in_use=True).values_list("kind", "language"))
        rows = [(kind, [_status(kind, *language, edited) for language in settings.LANGUAGES]) for kind in _found(query)]
        return super().get_context_data(**kwargs, rows=rows, query=query, languages=settings.LANGUAGES)


class OneMailView(MailsView):
    """A view of one kind of mail in one language."""

    page_title = "Wording"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = kwargs["language"]
        kind = kind_of(kwargs["key"])
        if kind is None or self.language not in dict(settings.LANGUAGES):
            raise Http404
        self.kind: MailKind = kind

    def get_page_title(self) -> str:
        return f"{self.kind.label} ({dict(settings.LANGUAGES)[self.language]})"

    @cached_property
    def wording(self) -> MailWording | None:
        return MailWording.objects.filter(kind=self.kind.key, language=self.language).first()

    @property
    def is_edited(self) -> bool:
        return bool(self.wording and self.wording.is_in_use)

    def url_of(self, view: str) -> str:
        return reverse(f"mails:{view}", args=[self.language, self.kind.key])

    def words_of(self, form: WordingForm) -> Wording:
        """What a mail says with these words; where nothing was changed in the default ones, what the files say."""
        if not (self.is_edited or form.has_changed()):
            return default_wording(self.kind, self.language)
        typed = {name: form.data.get(name, "")[:20_000].replace("\x00", "") for name in ("subject", "body")}
        return in_words_of_staff(self.kind, self.language, **typed)

    def form(self, data: Any = None) -> WordingForm:
        return WordingForm(data, kind=self.kind, initial=self.current)

    @cached_property
    def current(self) -> dict[str, str]:
        if self.wording and self.is_edited:
            return {"subject": self.wording.subject, "body": self.wording.body}
        return dict(zip(("subject", "body"), draft(self.kind, self.language), strict=True))


class EditView(OneMailView):
    template_name = "accounts/staff/mail.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            messages.error(request, "Nothing was saved or sent: see below.")
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if request.POST.get("action") == "test":
            return self._test(form)
        if form.has_changed():
            word(self.kind, self.language, by=self.user, **form.cleaned_data)
            messages.success(request, f"“{self.kind.label}” is saved. The next mail says it.")
        else:
            messages.info(request, "Nothing was changed, so nothing was saved.")
        return redirect(self.url_of("edit"))

    def _test(self, form: WordingForm) -> HttpResponse:
        """To the person who asks, and to nobody else; of no kind, so that no choice of theirs holds it back."""
        words = self.words_of(form)
        subject = f"[Test] {words.subject}"
        queue_words(Wording(subject, words.text, words.html), to=self.user.email, kind="test")
        messages.success(self.request, f"A test is on its way to {self.user.email}. Nothing was saved.")
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        earlier = earlier_words(self.wording, self.request.GET.get("version", ""))
        form = kwargs.pop("form", None) or WordingForm(kind=self.kind, initial=earlier or self.current)
        edited = set(MailWording.objects.filter(kind=self.kind.key, is_in_use=True).values_list("kind", "language"))
        return super().get_context_data(
            form=form,
            kind=self.kind,
            language=self.language,
            languages=[_status(self.kind, *language, edited) for language in settings.LANGUAGES],
            is_edited=self.is_edited,
            is_earlier=bool(earlier),
            history=history_of(self.wording),
            preview_url=self.url_of("preview"),
            reset_url=self.url_of("reset"),
        )


class PreviewView(OneMailView):
    """What stands in the frame beside the form: what was saved, or what was typed. It keeps nothing."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.form(self.current))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.form(request.POST))

    def _show(self, form: WordingForm) -> HttpResponse:
        words = self.words_of(form)
        shown = {"words": words, "html": inlined(words.html), "language": self.language}
        answer = render(self.request, "accounts/staff/mail_preview.html", shown)
        answer["Content-Security-Policy"] = PREVIEW_POLICY
        return answer


class ResetView(OneMailView):
    template_name = "accounts/staff/mail_reset.html"

    def get_page_title(self) -> str:
        return f"Default wording: {super().get_page_title()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        default = default_wording(self.kind, self.language)
        return super().get_context_data(**kwargs, default=default, edit_url=self.url_of("edit"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.wording:
            back_to_default(self.wording, self.user)
        messages.success(request, f"“{self.kind.label}” is back to its default wording.")
        return redirect(self.url_of("edit"))


class MailsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


class MailsViewSet(ViewSet):
    name = "mails"
    icon = "mail"
    menu_label = "Mails"
    menu_item_class = MailsMenuItem
    add_to_settings_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", IndexView.as_view(), name="index"),
            path("edit/<str:language>/<path:key>/", EditView.as_view(), name="edit"),
            path("preview/<str:language>/<path:key>/", PreviewView.as_view(), name="preview"),
            path("default/<str:language>/<path:key>/", ResetView.as_view(), name="reset"),
        ]


def _found(query: str) -> list[MailKind]:
    wanted = query.lower()
    return [kind for kind in kinds() if wanted in f"{kind.label} {kind.when} {kind.key}".lower()]


def _status(kind: MailKind, language: str, name: str, edited: set[tuple[str, str]]) -> dict[str, Any]:
    """How one kind of mail stands in one language."""
    is_edited = (kind.key, language) in edited
    has_words = is_edited or has_own_file(kind.key, language)
    says = "Edited" if is_edited else "Default" if has_words else "As in English"
    return {"code": language, "name": name, "is_edited": is_edited, "has_words": has_words, "says": says}
