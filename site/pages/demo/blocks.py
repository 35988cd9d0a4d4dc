"""Short ways to write the raw value of each block."""

from __future__ import annotations

import uuid
from typing import Any

Block = dict[str, Any]


def link(label: str, *, page: int | None = None, address: str = "") -> Block:
    return {"label": label, "page": page, "address": address}


def hero(*, title: str, text: str, image: Block, links: list[Block]) -> Block:
    return _block("hero", eyebrow="", title=title, text=text, image=image, links=_items(links))


def text(html: str) -> Block:
    return {"type": "text", "value": html}


def picture(image: Block, caption: str = "") -> Block:
    return _block("picture", image=image, caption=caption)


def feature(*, title: str, text: str, image: Block, links: list[Block] | None = None, side: str = "end") -> Block:
    return _block("feature", title=title, text=text, image=image, side=side, links=_items(links or []))


def card(title: str, text: str, image: Block | None = None, more: Block | None = None) -> Block:
    no_image = {"image": None, "decorative": False, "alt_text": ""}
    return {"image": image or no_image, "title": title, "text": text, "links": _items([more] if more else [])}


def cards(*, title: str, items: list[Block], text: str = "") -> Block:
    return _block("cards", title=title, text=text, cards=_items(items))


def numbers(*, title: str, items: list[tuple[str, str]], source: str) -> Block:
    rows = [{"figure": figure, "label": label} for figure, label in items]
    return _block("numbers", title=title, numbers=_items(rows), source=source)


def quote(text: str, attribution: str) -> Block:
    return _block("quote", text=text, attribution=attribution)


def questions(title: str, items: list[tuple[str, str]]) -> Block:
    rows = [{"question": question, "answer": answer} for question, answer in items]
    return _block("questions", title=title, questions=_items(rows))


def call_to_action(*, title: str, text: str, links: list[Block]) -> Block:
    return _block("call_to_action", title=title, text=text, links=_items(links))


def offer(*, kind: str, title: str = "", text: str = "", reference: str = "", options: str = "") -> Block:
    return _block("offer", title=title, text=text, kind=kind, reference=reference, options=options)


def members(*, teaser: str, body: list[Block], who: tuple[str, ...] = ("any",)) -> Block:
    return _block("members", teaser=teaser, who=list(who), body=body)


def _items(values: list[Block]) -> list[Block]:
    # Without an id Wagtail takes the wrapper itself for the value.
    return [{"type": "item", "value": value, "id": str(uuid.uuid4())} for value in values]


def _block(kind: str, /, **value: Any) -> Block:
    return {"type": kind, "value": value}
