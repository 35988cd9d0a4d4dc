"""Webhook endpoints, and the sender that signs events and posts them in order, or in any disorder it is told to."""

from __future__ import annotations

import hmac
import http.client
import random
import threading
import time
from hashlib import sha256
from urllib.parse import urlsplit

from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import merged_metadata, updates
from stripe_sandbox.errors import ApiError
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id

ATTEMPTS = 12
LONGEST_WAIT = 120
PATIENCE = 20
WRONG_SECRET = "whsec_somebody_elses"  # noqa: S105
OTHER_SECRET = "whsec_the_other_one"  # noqa: S105


def signature(body: str, secret: str, timestamp: int) -> str:
    """Stripe's scheme v1: HMAC-SHA256 over ``timestamp.body``."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), sha256).hexdigest()


def signed_header(body: str, secret: str, mode: str = "normal") -> str:
    timestamp = int(time.time())
    if mode == "old_timestamp":
        timestamp -= 3600
    if mode == "wrong":
        secret = WRONG_SECRET
    parts = [f"t={timestamp}", f"v1={signature(body, secret, timestamp)}"]
    if mode == "two":
        # While a secret is being rolled Stripe signs with the old and the new one.
        parts.insert(1, f"v1={signature(body, OTHER_SECRET, timestamp)}")
    return ",".join(parts)


def shown(account: Account, delivery: Json) -> Json:
    """A delivery as the control API tells it, freshly signed."""
    kept = {name: delivery[name] for name in ("id", "event_id", "type", "url", "state", "attempts", "error")}
    body = account.get("event", delivery["event_id"])["text"]
    header = signed_header(body, account.secret_of(delivery), account.settings["secret_mode"])
    return {**kept, "body": body, "header": header}


# -- Endpoints ---------------------------------------------------------------------------------------------


@route("POST", "/v1/webhook_endpoints")
def create_endpoint(account: Account, call: Call) -> Json:
    params = call.params
    refuse_url(params["url"])
    secret = "whsec_" + new_id("", 32).strip("_")
    endpoint = account.make(
        "webhook_endpoint",
        "we",
        api_version=params.get("api_version") or account.contract.api_version,
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        metadata=merged_metadata(None, params.get("metadata")),
        status="enabled",
        url=params["url"],
    )
    endpoint.pop("secret", None)
    account.store.put(endpoint)
    notes = account.store.notes(endpoint["id"])
    notes["secret"] = secret
    account.store.put_notes(notes)
    # The secret is shown once, when the endpoint is made.
    return {**endpoint, "secret": secret}


def refuse_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise ApiError(
            "Invalid URL: An explicit scheme (such as https) must be provided.", code="url_invalid", param="url"
        )


@route("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve_endpoint(account: Account, call: Call) -> Json:
    return account.get("webhook_endpoint", call.id)


@route("GET", "/v1/webhook_endpoints")
def list_endpoints(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("webhook_endpoint"))


@route("POST", "/v1/webhook_endpoints/{webhook_endpoint}")
def update_endpoint(account: Account, call: Call) -> Json:
    endpoint = account.get("webhook_endpoint", call.id)
    if "url" in call.params:
        refuse_url(call.params["url"])
    endpoint.update(updates(endpoint, call.params, ("url", "enabled_events", "description")))
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return account.store.put(endpoint)


@route("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete_endpoint(account: Account, call: Call) -> Json:
    account.get("webhook_endpoint", call.id)
    account.store.forget(call.id)
    return {"id": call.id, "object": "webhook_endpoint", "deleted": True}


# -- Sending -----------------------------------------------------------------------------------------------


class Sender(threading.Thread):
    """Posts pending deliveries one after another, and tries failed ones again after ever longer waits."""

    def __init__(self, account: Account) -> None:
        super().__init__(name="webhook-sender", daemon=True)
        self.account = account
        self.stopping = False
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def run(self) -> None:
        while not self.stopping:
            delivery = self.next_delivery()
            if delivery is not None:
                self.deliver(delivery)

    def stop(self) -> None:
        self.stopping = True
        with self.account.lock:
            self.account.delivery_waiting.notify_all()

    def next_delivery(self) -> Json | None:
        """The next that is due, or None after a wait."""
        account = self.account
        with account.lock:
            chosen = None if account.settings["hold"] else self.choose()
            if chosen is None:
                account.delivery_waiting.wait(timeout=0.5)
                return None
            return None if self.dropped(chosen) else chosen

    def choose(self) -> Json | None:
        """The oldest that is due; any one of them when deliveries shall come in disorder."""
        now = time.time()
        ready = (each for each in self.account.store.each("_delivery", "state", "pending") if each["due"] <= now)
        if self.account.settings["reorder"]:
            return random.choice(list(ready) or [None])
        return next(ready, None)

    def dropped(self, delivery: Json) -> bool:
        settings = self.account.settings
        chance = settings["drop"]
        if chance == "next":
            self.account.put_settings({"drop": 0})
        elif not (chance and random.random() < float(chance)):
            return False
        self.mark(delivery, "dropped", None)
        return True

    def deliver(self, delivery: Json) -> str | None:
        """Send it, and its duplicates; returns what went wrong, if anything."""
        with self.account.lock:
            times = 1 + int(self.account.settings["duplicate"])
            ready = shown(self.account, delivery)
        problem = None
        for _ in range(times):
            problem = self.post(delivery["url"], ready["body"], ready["header"]) or problem
        with self.account.lock:
            delivery["attempts"] += 1
            if problem is None:
                self.mark(delivery, "sent", None)
            elif delivery["attempts"] >= ATTEMPTS:
                self.mark(delivery, "failed", problem)
            else:
                delivery["due"] = time.time() + min(2 ** delivery["attempts"], LONGEST_WAIT)
                self.mark(delivery, "pending", problem)
        return problem

    def mark(self, delivery: Json, state: str, problem: str | None) -> None:
        store = self.account.store
        # A reset may have swept the delivery away while it was on the wire.
        if store.get("_delivery", delivery["id"]) is None:
            return
        delivery.update(state=state, error=problem)
        store.put(delivery, "_delivery")
        store.commit()

    def post(self, url: str, body: str, header: str) -> str | None:
        parts = urlsplit(url)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": header,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection = self.connections.get(parts.netloc) or self.connect(parts.scheme, parts.netloc)
            connection.request("POST", target, body.encode(), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            broken = self.connections.pop(parts.netloc, None)
            if broken:
                broken.close()
            return f"{type(error).__name__}: {error}"
        return None if 200 <= answer.status < 300 else f"answered {answer.status}"

    def connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        self.connections[netloc] = kind(netloc, timeout=PATIENCE)
        return self.connections[netloc]
