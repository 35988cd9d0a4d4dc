"""The little language in which staff write mails, made into HTML and plain text.

Paragraphs, ``# heading``, ``- item``, ``**bold**``, ``{placeholder}``; alone on a line, ``[Button text]({some_url})``.
Nothing else means anything: what looks like a template comes out as it was typed. Values are put in last, so that
nothing a supporter wrote (a name, a message) is ever read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")
# What was meant as a placeholder but is written in another way.
LIKE_PLACEHOLDER = re.compile(r"(?<!\{)\{\s*([A-Za-z][\w .-]*)\}(?!\})")
BUTTON = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+\Z")

Values = Mapping[str, str]
# A kind of line, and the lines of that kind that stand together.
Block = tuple[str, list[str]]


def names_in(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def only_placeholder(line: str) -> str:
    """The name in a line that is one placeholder and nothing else."""
    match = PLACEHOLDER.fullmatch(line.strip())
    return match[1] if match else ""


def unknown_in(text: str, known: Iterable[str]) -> list[str]:
    return sorted(set(LIKE_PLACEHOLDER.findall(text)) - set(known))


def bad_buttons(text: str) -> list[str]:
    """Where buttons lead that is neither a web address nor a placeholder for one."""
    targets = [match[2] for line in text.splitlines() if (match := BUTTON.fullmatch(line.strip()))]
    return [target for target in targets if not (_is_url_placeholder(target) or WEB_ADDRESS.match(target))]


def fill(text: str, values: Values) -> str:
    """Put the values in, once: a value that looks like a placeholder stays as it is."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def to_text(body: str, values: Values) -> str:
    parts = ("\n".join(_text_line(kind, line, values) for line in lines) for kind, lines in _blocks(body, values))
    return "\n\n".join(parts)


def to_html(body: str, values: Values) -> SafeString:
    return mark_safe("\n".join(HTML[kind](lines, values) for kind, lines in _blocks(body, values)))  # noqa: S308 — each part is escaped


def _blocks(body: str, values: Values) -> Iterator[Block]:
    """What stands together, without what is empty once its placeholders are."""
    for kind, group in groupby(body.splitlines(), key=_kind_of):
        lines = [line.strip() for line in group]
        filled = [line for line in lines if _says_something(kind, line, values)]
        if kind != "gap" and filled:
            yield kind, filled


def _says_something(kind: str, line: str, values: Values) -> bool:
    """Not a line that is empty once filled, nor an item of a list, "Next payment: {date}", that lost all it was for."""
    names = names_in(line)
    if kind == "list" and names and not any(values.get(name, name) for name in names):
        return False
    return kind == "button" or bool(fill(_bare(kind, line), values).strip(" *"))


def _kind_of(line: str) -> str:
    line = line.strip()
    if not line:
        return "gap"
    if line.startswith("# "):
        return "heading"
    if line.startswith("- "):
        return "list"
    return "button" if BUTTON.fullmatch(line) else "paragraph"


def _bare(kind: str, line: str) -> str:
    return line[2:] if kind in ("heading", "list") else line


def _text_line(kind: str, line: str, values: Values) -> str:
    if kind == "button":
        label, target = _button(line, values)
        return f"{label}:\n{target}"
    mark = "- " if kind == "list" else ""
    return mark + fill(BOLD.sub(r"\1", _bare(kind, line)), values)


def _paragraph(lines: list[str], values: Values) -> SafeString:
    return format_html("<p>{}</p>", mark_safe("<br>".join(_inline(line, values) for line in lines)))  # noqa: S308


def _heading(lines: list[str], values: Values) -> SafeString:
    return format_html("<h1>{}</h1>", mark_safe("<br>".join(_inline(line[2:], values) for line in lines)))  # noqa: S308


def _list(lines: list[str], values: Values) -> SafeString:
    items = "".join(f"<li>{_inline(line[2:], values)}</li>" for line in lines)
    return format_html("<ul>{}</ul>", mark_safe(items))  # noqa: S308


def _buttons(lines: list[str], values: Values) -> SafeString:
    links = (format_html('<a class="button" href="{1}">{0}</a>', *_button(line, values)) for line in lines)
    return format_html("<p>{}</p>", mark_safe(" ".join(links)))  # noqa: S308


def _button(line: str, values: Values) -> tuple[str, str]:
    match = BUTTON.fullmatch(line)
    assert match  # noqa: S101 — only a line that is one comes here
    target = fill(match[2], values)
    # Whatever a placeholder held: a link leads to a web address or nowhere.
    return fill(match[1], values), target if WEB_ADDRESS.match(target) else "#"


def _inline(line: str, values: Values) -> str:
    pieces = BOLD.split(line)
    # Every second piece stood between the asterisks.
    return "".join(
        f"<strong>{_filled(piece, values)}</strong>" if position % 2 else _filled(piece, values)
        for position, piece in enumerate(pieces)
    )


def _filled(piece: str, values: Values) -> str:
    """Our words and the values, each escaped; an address becomes a link."""
    words = PLACEHOLDER.split(piece)
    return "".join(_value(word, values) if position % 2 else escape(word) for position, word in enumerate(words))


def _value(name: str, values: Values) -> str:
    value = values.get(name, f"{{{name}}}")
    if name.endswith("_url") and WEB_ADDRESS.match(value):
        return format_html('<a href="{0}">{0}</a>', value)
    return escape(value).replace("\n", "<br>")


def _is_url_placeholder(target: str) -> bool:
    return only_placeholder(target).endswith("_url")


HTML: dict[str, Callable[[list[str], Values], SafeString]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "list": _list,
    "button": _buttons,
}
