"""What the hosted pages are made of: fields, radios, an error summary, the frame and its security policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$", "jpy": "¥"}


@dataclass
class Page:
    status: int
    body: str
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def money(amount: int, currency: str) -> str:
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    whole, part = divmod(amount, 10**digits)
    number = f"{whole:,}" + (f".{part:0{digits}}" if digits else "")
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency.upper()}"


def text_field(name: str, label: str, form: dict[str, str], problems: dict[str, str], autocomplete: str) -> str:
    problem = problems.get(name)
    kind = "email" if name == "email" else "text"
    error = f'<p class="error" id="{name}-error">{escape(problem)}</p>' if problem else ""
    described = f' aria-describedby="{name}-error" aria-invalid="true"' if problem else ""
    return (
        f'<div class="field"><label for="{name}">{escape(label)}</label>{error}'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}"'
        f' value="{escape(form.get(name, ""))}"{described}></div>'
    )


def known_email(email: str) -> str:
    return f'<p class="field">E-mail<br><strong>{escape(email)}</strong></p>'


def radios(
    legend: str,
    options: dict[str, str],
    form: dict[str, str],
    problems: dict[str, str],
    seldom: dict[str, str] | None = None,
) -> str:
    """``seldom``: further options, behind a line that opens them."""
    chosen = form.get("outcome") or next(iter(options))
    problem = problems.get("outcome")
    error = f'<p class="error" id="outcome-error">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="outcome-error"' if problem else ""
    rows = "".join(option(value, text, chosen) for value, text in options.items())
    more = "".join(option(value, text, chosen) for value, text in (seldom or {}).items())
    if more:
        opened = " open" if chosen in (seldom or {}) else ""
        rows += f"<details{opened}><summary>Other ways to be declined</summary>{more}</details>"
    return f"<fieldset{described}><legend>{escape(legend)}</legend>{error}{rows}</fieldset>"


def option(value: str, text: str, chosen: str) -> str:
    return (
        f'<div class="option"><input type="radio" name="outcome" id="outcome-{value}" value="{value}"'
        f'{" checked" if value == chosen else ""}><label for="outcome-{value}">{escape(text)}</label></div>'
    )


def buttons(options: dict[str, str]) -> str:
    """The first stands out, and is where an error leads to."""
    marks = ['id="outcome-paid"', *['class="plain"'] * (len(options) - 1)]
    rows = "".join(
        f'<button name="outcome" value="{value}" {mark}>{escape(text)}</button>'
        for mark, (value, text) in zip(marks, options.items(), strict=True)
    )
    return f'<div class="buttons">{rows}</div>'


def error_summary(problems: dict[str, str]) -> str:
    if not problems:
        return ""
    targets = {"outcome": "outcome-paid"}
    links = "".join(
        f'<li><a href="#{targets.get(name, name)}">{escape(text)}</a></li>' for name, text in problems.items()
    )
    return f'<div class="problems" role="alert"><h2>There is a problem</h2><ul>{links}</ul></div>'


def message(status: int, title: str, text: str, back: str | None = None) -> Page:
    link = f'<p><a href="{escape(back)}">Back to the website</a></p>' if back else ""
    return page(
        status, title, f'<div class="choice alone"><h1>{escape(title)}</h1><p>{escape(text)}</p>{link}</div>', []
    )


def page(status: int, title: str, body: str, backs: list[str | None]) -> Page:
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)} – Stripe sandbox</title>
<link rel="stylesheet" href="/hosted.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="banner"><p><strong>Sandbox</strong> – no money moves</p></header>
<main>{body}</main>
<footer><p class="quiet">A pretend Stripe, for demonstrations and tests.</p></footer>
</body>
</html>
"""
    return Page(status, html, headers={"Content-Security-Policy": policy(backs), "Referrer-Policy": "same-origin"})


def policy(backs: list[str | None]) -> str:
    """Browsers apply ``form-action`` to the redirect after a form too: the way back must be allowed."""
    origins = sorted({origin_of(back) for back in backs if back})
    actions = " ".join(["'self'", *origins])
    return f"default-src 'self'; img-src 'self' data:; form-action {actions}; frame-ancestors 'none'; base-uri 'none'"


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".translate(str.maketrans("", "", " ;,\r\n"))


def redirect(address: str) -> Page:
    # A header holds one line only.
    return Page(303, "", headers={"Location": "".join(address.splitlines())})
