"""The pretend Stripe account: its objects, its clock, its settings and the events it tells."""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from stripe_sandbox.contract import Contract
from stripe_sandbox.errors import no_such
from stripe_sandbox.forgetting import DAY, sweep
from stripe_sandbox.store import Json, Store, copy_of, new_id

LONGEST_LOG = 20_000

DEFAULTS: Json = {
    "after_last_attempt": "cancel",
    "dunning_days": [3, 5, 7],
    "automatic_payouts": False,
    "fee_basis_points": 290,
    "fee_fixed": 30,
    "dispute_fee": 1500,
    "async_payment_days": 5,
    "available_after_days": 2,
    "draft_seconds": 0,
    "pending_balance_transactions": False,
    "pending_refunds": False,
    "settlement_currency": "",
    "exchange_rates": {},
    "presentment": None,
    "event_days": 30,
    "hold": False,
    "delay": 0,
    "drop": 0,
    "duplicate": 0,
    "reorder": False,
    "secret_mode": "normal",
}

Action = Callable[["Account", str, int], None]
ACTIONS: dict[str, Action] = {}


def due(name: str) -> Callable[[Action], Action]:
    """Register what happens to an object when its time comes: ``fn(account, object id, at)``."""

    def register(action: Action) -> Action:
        ACTIONS[name] = action
        return action

    return register


class Account:
    def __init__(
        self, store: Store, contract: Contract, *, public_url: str, webhook_url: str, webhook_secret: str, strict: bool
    ) -> None:
        self.store = store
        self.contract = contract
        self.public_url = public_url
        self.webhook_url = webhook_url
        self.webhook_secret = webhook_secret
        self.strict = strict
        self.lock = threading.RLock()
        self.delivery_waiting = threading.Condition(self.lock)
        self.frozen_at: int | None = None
        self.request: Json | None = None
        self.skeletons: dict[str, str] = {}
        self._wake()

    def _wake(self) -> None:
        """Set up what lives in memory, after loading and after a reset."""
        # A state from an older sandbox lacks what has been added since.
        kept = self.store.get("_state", "settings") or {}
        self.settings: Json = {"id": "settings", **copy_of(DEFAULTS), **kept}
        self.state: Json = self.store.get("_state", "state") or {"id": "state", "offset": 0}
        self.swept_on = 0
        # What falls due in the same second is done in the order in which it was planned.
        self.planned = itertools.count()
        self.agenda = [(entry["at"], next(self.planned), entry["id"]) for entry in self.store.oldest_first("_agenda")]
        heapq.heapify(self.agenda)
        self.faults: list[Json] = []
        self.log: deque[Json] = deque(maxlen=LONGEST_LOG)

    def reset(self) -> None:
        self.store.empty()
        self._wake()

    def put_settings(self, changes: Json) -> Json:
        unknown = set(changes) - set(DEFAULTS)
        if unknown:
            raise KeyError(f"No such setting: {', '.join(sorted(unknown))}")
        self.settings.update(changes)
        self.store.put(self.settings, "_state")
        if not self.settings["hold"]:
            self._release()
        self.delivery_waiting.notify_all()
        return {name: self.settings[name] for name in DEFAULTS}

    def _release(self) -> None:
        """What was held and has an address goes out."""
        for delivery in self.store.where("_delivery", "state", "held"):
            if delivery["url"]:
                delivery["state"] = "pending"
                self.store.put(delivery, "_delivery")

    # -- Time ----------------------------------------------------------------------------------------------

    def now(self) -> int:
        return int(time.time()) + int(self.state["offset"]) if self.frozen_at is None else self.frozen_at

    def set_clock(self, to: int) -> None:
        self.state["offset"] = to - int(time.time())
        self.store.put(self.state, "_state")

    def schedule(self, at: int, action: str, subject: str) -> None:
        entry = {"id": new_id("todo", 12), "at": at, "action": action, "subject": subject}
        self.store.put(entry, "_agenda")
        heapq.heappush(self.agenda, (at, next(self.planned), entry["id"]))

    def run_due(self, until: int) -> int:
        """Do what falls due up to ``until``, each at its own moment, in order of time."""
        done = 0
        while self.agenda and self.agenda[0][0] <= until:
            at, _, identifier = heapq.heappop(self.agenda)
            entry = self.store.get("_agenda", identifier)
            if entry is None:
                continue
            self.store.forget(identifier)
            self.frozen_at = at
            try:
                ACTIONS[entry["action"]](self, entry["subject"], at)
            finally:
                self.frozen_at = None
            done += 1
        return done

    def advance(self, to: int) -> int:
        done = self.run_due(to)
        self.set_clock(to)
        return done

    # -- Objects -------------------------------------------------------------------------------------------

    def make(self, kind: str, prefix: str, **fields: Any) -> Json:
        """A new object, stored: everything empty but what is given."""
        return self.store.put(self.blank(kind, prefix, **fields))

    def blank(self, kind: str, prefix: str, **fields: Any) -> Json:
        if kind not in self.skeletons:
            self.skeletons[kind] = json.dumps(self.contract.skeleton(kind))
        made: Json = {"id": "", **json.loads(self.skeletons[kind]), **fields}
        made["id"] = fields.get("id") or new_id(prefix)
        if "created" in made and "created" not in fields:
            made["created"] = self.now()
        if "livemode" in made:
            made["livemode"] = False
        return made

    def get(self, kind: str, identifier: str, *, param: str = "id", status: int = 404) -> Json:
        found = self.store.get(kind, identifier)
        if found is None:
            raise no_such(kind.replace("_", " "), identifier, param=param, status=status)
        return found

    def get_live(self, kind: str, identifier: str, *, param: str) -> Json:
        """An object named by a parameter; a deleted one is as good as none."""
        found = self.get(kind, identifier, param=param, status=400)
        if found.get("deleted"):
            raise no_such(kind, identifier, param=param, status=400)
        return found

    # -- Events --------------------------------------------------------------------------------------------

    def emit(self, kind: str, subject: Json, previous: Json | None = None) -> Json:
        if self.strict:
            self.contract.check_object(subject)
        carried: Json = {"object": subject}
        if previous:
            carried["previous_attributes"] = previous
        event = self.tell(kind, carried)
        if self.strict:
            self.contract.check_object(event)
        return event

    def tell(self, kind: str, carried: Json, *, livemode: bool = False, api_version: str | None = None) -> Json:
        caller = self.request if self.request and self.frozen_at is None else {"id": None, "idempotency_key": None}
        endpoints = self.endpoints()
        wanting = [e for e in endpoints if "*" in e["enabled_events"] or kind in e["enabled_events"]]
        event = {
            "id": new_id("evt"),
            "object": "event",
            "account": None,
            "api_version": api_version or self.contract.api_version,
            "context": None,
            "created": self.now(),
            "data": carried,
            "livemode": livemode,
            "pending_webhooks": len(wanting),
            "request": caller,
            "type": kind,
        }
        self._sweep_once_a_day()
        self._keep(event)
        self._address(event, endpoints, wanting)
        return event

    def _sweep_once_a_day(self) -> None:
        today = self.now() // DAY
        if today != self.swept_on:
            self.swept_on = today
            sweep(self)

    def _keep(self, event: Json) -> None:
        """Events are many and read seldom: they are kept as text, with beside it what lists ask for."""
        kept = {name: event[name] for name in ("id", "created", "type")}
        self.store.put({**kept, "object": "event", "text": json.dumps(event)}, "event")

    def _address(self, event: Json, endpoints: list[Json], wanting: list[Json]) -> None:
        # With no endpoint at all the delivery waits to be fetched by hand.
        for endpoint in wanting if endpoints else [{"id": None, "url": None, "secret": None}]:
            held = self.settings["hold"] or endpoint["url"] is None
            self.store.put(
                {
                    "id": new_id("del", 16),
                    "event_id": event["id"],
                    "type": event["type"],
                    "endpoint": endpoint["id"],
                    "url": endpoint["url"],
                    "state": "held" if held else "pending",
                    "attempts": 0,
                    "due": time.time() + float(self.settings["delay"]),
                    "error": None,
                },
                "_delivery",
            )
        self.delivery_waiting.notify_all()

    def endpoints(self) -> list[Json]:
        """Where events go: the address given at the start, and the enabled endpoints made through the API."""
        made = [
            {**endpoint, "secret": self.store.notes(endpoint["id"])["secret"]}
            for endpoint in self.store.oldest_first("webhook_endpoint")
            if endpoint.get("status") == "enabled"
        ]
        if self.webhook_url:
            given = {"id": None, "url": self.webhook_url, "secret": self.webhook_secret, "enabled_events": ["*"]}
            made = [given, *(endpoint for endpoint in made if endpoint["url"] != self.webhook_url)]
        return made

    def secret_of(self, delivery: Json) -> str:
        if delivery["endpoint"] and self.store.get("webhook_endpoint", delivery["endpoint"]):
            return str(self.store.notes(delivery["endpoint"]).get("secret", self.webhook_secret))
        return self.webhook_secret
