"""Objects as JSON rows in one SQLite file, read whole into memory at the start and written through."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

ALPHABET = string.ascii_letters + string.digits

# Fields by which objects of a kind are looked up often enough to deserve an index.
INDEXED: dict[str, tuple[str, ...]] = {
    "balance_transaction": ("source",),
    "charge": ("payment_intent", "customer"),
    "checkout.session": ("payment_intent", "subscription", "customer"),
    "dispute": ("charge", "payment_intent"),
    "invoice": ("customer",),
    "payment_intent": ("customer",),
    "payment_method": ("customer",),
    "price": ("product", "lookup_key"),
    "radar.early_fraud_warning": ("charge",),
    "refund": ("charge", "payment_intent"),
    "subscription": ("customer",),
    "_delivery": ("state", "event_id"),
    "_invoice_of": ("subscription",),
    "_paid_out": ("payout",),
    "_invoice_payment_of": ("invoice", "payment_intent"),
}


def new_id(prefix: str, length: int = 24) -> str:
    # One draw of bytes: ids are made by the thousand, and need to be unique rather than even.
    return f"{prefix}_" + "".join(ALPHABET[byte % 62] for byte in secrets.token_bytes(length))


def copy_of(value: Any) -> Any:
    """A deep copy as Stripe would render it now."""
    return json.loads(json.dumps(value))


class Store:
    """Kinds that begin with an underscore are the sandbox's own notes; the API never shows them."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A sandbox may lose its last second in a power cut; speed matters more.
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS objects (position INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
            " id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)"
        )
        self.changed: dict[str, tuple[str, Json]] = {}
        self.forgotten: set[str] = set()
        self._forget_memory()
        for kind, body in self.connection.execute("SELECT kind, body FROM objects ORDER BY position"):
            self._remember(kind, json.loads(body))

    def _forget_memory(self) -> None:
        self.kinds: dict[str, dict[str, Json]] = {}
        self.kind_of: dict[str, str] = {}
        self.index: dict[tuple[str, str, str], dict[str, Json]] = {}
        self.indexed_under: dict[str, dict[str, str]] = {}

    def _remember(self, kind: str, body: Json) -> None:
        identifier = body["id"]
        self.kinds.setdefault(kind, {})[identifier] = body
        self.kind_of[identifier] = kind
        for field in INDEXED.get(kind, ()):
            self._index(kind, field, identifier, body)

    def _index(self, kind: str, field: str, identifier: str, body: Json) -> None:
        under = self.indexed_under.setdefault(identifier, {})
        before, now = under.get(field), body.get(field)
        if before is not None and before != now:
            self.index[kind, field, before].pop(identifier, None)
            del under[field]
        if now is not None:
            self.index.setdefault((kind, field, now), {})[identifier] = body
            under[field] = now

    def put(self, body: Json, kind: str | None = None) -> Json:
        kind = kind or body["object"]
        self._remember(kind, body)
        self.changed[body["id"]] = (kind, body)
        self.forgotten.discard(body["id"])
        return body

    def forget(self, identifier: str) -> None:
        kind = self.kind_of.pop(identifier, None)
        if kind is None:
            return
        for field, value in self.indexed_under.pop(identifier, {}).items():
            found = self.index[kind, field, value]
            found.pop(identifier, None)
            if not found:
                del self.index[kind, field, value]
        del self.kinds[kind][identifier]
        self.changed.pop(identifier, None)
        self.forgotten.add(identifier)

    def get(self, kind: str, identifier: str) -> Json | None:
        return self.kinds.get(kind, {}).get(identifier)

    def find(self, identifier: str) -> Json | None:
        """Any public object by its id, for ``expand``."""
        kind = self.kind_of.get(identifier, "_")
        return None if kind.startswith("_") else self.kinds[kind][identifier]

    def newest_first(self, kind: str) -> Iterator[Json]:
        return iter(list(reversed(self.kinds.get(kind, {}).values())))

    def oldest_first(self, kind: str) -> list[Json]:
        return list(self.kinds.get(kind, {}).values())

    def where(self, kind: str, field: str, value: str) -> list[Json]:
        """Oldest first, by an indexed field."""
        if field not in INDEXED.get(kind, ()):
            raise KeyError(f"{kind}.{field} is not indexed")
        return list(self.index.get((kind, field, value), {}).values())

    def each(self, kind: str, field: str, value: str) -> Iterator[Json]:
        """Like ``where`` without the copy; put nothing while it runs."""
        return iter(self.index.get((kind, field, value), {}).values())

    def notes(self, identifier: str) -> Json:
        """What the sandbox remembers beside a public object; call ``put_notes`` after changing it."""
        return self.get("_notes", f"notes:{identifier}") or {"id": f"notes:{identifier}"}

    def put_notes(self, notes: Json) -> None:
        self.put(notes, "_notes")

    def commit(self) -> None:
        if not self.changed and not self.forgotten:
            return
        rows = [(kind, identifier, json.dumps(body)) for identifier, (kind, body) in self.changed.items()]
        self.connection.execute("BEGIN")
        self.connection.executemany("DELETE FROM objects WHERE id = ?", [(each,) for each in self.forgotten])
        self.connection.executemany(
            "INSERT INTO objects (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            rows,
        )
        self.connection.execute("COMMIT")
        self.changed.clear()
        self.forgotten.clear()

    def empty(self) -> None:
        self.connection.execute("DELETE FROM objects")
        self.changed.clear()
        self.forgotten.clear()
        self._forget_memory()

    def close(self) -> None:
        self.commit()
        self.connection.close()
