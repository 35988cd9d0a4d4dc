"""A kind of mail that belongs to no app, so that what is tested does not change with theirs."""

from __future__ import annotations

from accounts.mail_kinds import MailKind, Placeholder
from accounts.models import MailWording

KEY = "tests/mail/harbour"
SAMPLE = {"name": "Grace Hopper", "boat": "Heron", "url": "https://example.org/boat/"}

HARBOUR = MailKind(
    key=KEY,
    label="Harbour",
    when="Sent when a boat comes in.",
    placeholders={
        "name": Placeholder("The person's name", lambda context: context["name"], "Grace Hopper"),
        "boat": Placeholder("The boat", lambda context: context["boat"], "Heron", may_stand_in_subject=True),
        "boat_url": Placeholder("See the boat", lambda context: context["url"], "https://example.org/boat/"),
    },
    sample_context=lambda: dict(SAMPLE),
)
NEWS = MailKind(
    key="tests/mail/news",
    label="News of the harbour",
    when="Sent now and then.",
    placeholders={},
    is_service=False,
    purpose="news",
)

TEXT = '{{% extends "mail/base.txt" %}}{{% block content %}}{}{{% endblock %}}'
HTML = '{{% extends "mail/base.html" %}}{{% block content %}}<p>{}</p>{{% endblock %}}'
FILES = {
    "harbour_subject.txt": "{{ boat }} is in",
    "harbour.txt": TEXT.format("Dear {{ name }},\n\n{{ boat }} is in:\n{{ url }}"),
    "harbour.html": HTML.format("Dear {{ name }}, {{ boat }} is in."),
    "harbour_subject.es.txt": "Ha llegado {{ boat }}",
    "harbour.es.txt": TEXT.format("Hola, {{ name }}: ha llegado {{ boat }}."),
    "harbour.es.html": HTML.format("Ha llegado {{ boat }}."),
    "news_subject.txt": "News",
    "news.txt": TEXT.format("All is well in the harbour, and everybody is home."),
    "news.html": HTML.format("All is well."),
}


def wording(body: str, *, subject: str = "Ahoy", language: str = "en", kind: str = KEY) -> MailWording:
    return MailWording.objects.create(kind=kind, language=language, subject=subject, body=body)
