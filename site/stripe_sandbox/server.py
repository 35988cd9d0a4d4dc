"""HTTP: the API, the hosted pages and the control API on one loopback port."""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stripe_sandbox import control, faults, idempotency, page_parts, pages
from stripe_sandbox.account import Account
from stripe_sandbox.contract import Route
from stripe_sandbox.errors import ApiError, ContractViolation
from stripe_sandbox.expand import expand
from stripe_sandbox.form import parse_form
from stripe_sandbox.routing import HANDLERS, Call
from stripe_sandbox.store import Json, new_id

logger = logging.getLogger("stripe_sandbox")

LARGEST_BODY = 1_000_000
TEST_KEY = re.compile(r"(sk|rk)_test_\w+")
LIVE_KEY = re.compile(r"(sk|rk)_live_\w*")


class Dropped(Exception):
    """The connection is cut without an answer."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, account: Account) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.account = account

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("A client went away", exc_info=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self.answer("GET")

    def do_POST(self) -> None:
        self.answer("POST")

    def do_DELETE(self) -> None:
        self.answer("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: requests are in the control API's log."""

    def answer(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self.send(413, b"", "text/plain")
        text = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        address = urlsplit(self.path)
        try:
            if address.path.startswith("/v1/"):
                self.answer_api(method, address.path, address.query, text)
            elif address.path.startswith("/_sandbox/"):
                self.answer_control(method, address.path, address.query, text)
            else:
                self.answer_page(method, address.path, text)
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    # -- API -----------------------------------------------------------------------------------------------

    def answer_api(self, method: str, path: str, query: str, text: str) -> None:
        account, request_id = self.server.account, new_id("req", 14)
        key = self.headers.get("Idempotency-Key")
        entry: Json = {
            "method": method,
            "route": f"{method} {path}",
            "status": 0,
            "idempotency_key": key,
            "replayed": False,
            "path": path,
        }
        headers = {"Request-Id": request_id, "Stripe-Version": account.contract.api_version}
        try:
            self.check_key()
            self.check_version()
            found, ids = account.contract.match(method, path)
            if found is None:
                raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)
            entry["route"] = found.name
            status, body = self.run_route(found, ids, path, query, text, entry, request_id)
        except ApiError as error:
            status, body = error.status, json.dumps(error.body).encode()
            if status == 501:
                headers["Stripe-Should-Retry"] = "false"
        except Dropped:
            account.log.append(entry)
            raise
        except Exception as error:
            logger.exception("A request broke the sandbox")
            broken = ApiError(f"The sandbox broke: {type(error).__name__}: {error}", status=500, kind="api_error")
            status, body = 500, json.dumps(broken.body).encode()
        entry["status"] = status
        account.log.append(entry)
        if key:
            headers["Idempotency-Key"] = key
        if entry["replayed"]:
            headers["Idempotent-Replayed"] = "true"
        self.send(status, body, "application/json", headers)

    def check_key(self) -> None:
        scheme, _, credentials = (self.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() == "basic":
            try:
                credentials = base64.b64decode(credentials).decode().partition(":")[0]
            except ValueError:
                credentials = ""
        if not credentials:
            raise ApiError("You did not provide an API key.", status=401)
        if LIVE_KEY.fullmatch(credentials):
            raise ApiError(
                "This is the Stripe sandbox, where no money moves: it refuses live keys. Use a key that begins with"
                " sk_test_ or rk_test_.",
                status=401,
            )
        if not TEST_KEY.fullmatch(credentials):
            raise ApiError("Invalid API Key provided.", status=401)

    def check_version(self) -> None:
        asked, spoken = self.headers.get("Stripe-Version"), self.server.account.contract.api_version
        if asked and asked != spoken:
            raise ApiError(f"The sandbox speaks API version {spoken} only, not {asked}.")

    def run_route(
        self, route: Route, ids: tuple[str, ...], path: str, query: str, text: str, entry: Json, request_id: str
    ) -> tuple[int, bytes]:
        account = self.server.account
        with account.lock:
            fault = faults.take_fault(account, route.method, route.template)
        if fault and fault["kind"] == "slow":
            time.sleep(fault["seconds"])
        if fault and fault["kind"] == "drop_before":
            raise Dropped
        handler = HANDLERS.get(route.key)
        if handler is None:
            raise ApiError(f"The sandbox does not implement {route.name}.", status=501, kind="api_error")
        sent = text if route.method == "POST" else query
        key = entry["idempotency_key"] if route.method == "POST" else None
        print_of_call = idempotency.fingerprint(route.method, path, sent)
        with account.lock:
            if key:
                kept = idempotency.recall(account, key, print_of_call)
                if kept:
                    entry["replayed"] = True
                    if fault and fault["kind"] == "drop_after":
                        raise Dropped
                    return int(kept["status"]), kept["body"].encode()
            params = account.contract.read_params(route, parse_form(sent))
            account.request = {"id": request_id, "idempotency_key": key}
            try:
                status, answer = self.perform(route, handler, Call(params, ids, path), fault)
            finally:
                account.request = None
            if key and status != 0:
                idempotency.keep(account, key, print_of_call, status, answer)
            account.store.commit()
        if fault and fault["kind"] == "drop_after":
            raise Dropped
        return status, json.dumps(answer).encode()

    def perform(self, route: Route, handler: Any, call: Call, fault: Json | None) -> tuple[int, Json]:
        """The answer, or an error that an idempotency key remembers; other errors are raised."""
        account = self.server.account
        paths = call.params.pop("expand", None) or []
        try:
            injected = faults.error_for(fault["kind"]) if fault else None
            if injected and fault and fault["kind"] != "500_after":
                raise injected
            answer = expand(account, handler(account, call), paths)
            account.contract.check_answer(route, answer)
            if injected:
                raise injected
        except ApiError as error:
            if not error.kept:
                account.store.commit()
                raise
            return error.status, error.body
        except ContractViolation as violation:
            account.store.commit()
            sentence = f"The sandbox broke Stripe's contract: {violation}"
            logger.error(sentence)
            if account.strict:
                raise ApiError(sentence, status=500, kind="api_error") from violation
        return 200, answer

    # -- Control and pages ---------------------------------------------------------------------------------

    def answer_control(self, method: str, path: str, query: str, text: str) -> None:
        account = self.server.account
        try:
            if self.from_elsewhere():
                raise ApiError("The control API answers no other site's pages.", status=403)
            order = json.loads(text) if text.strip() else dict(parse_qsl(query))
            with account.lock:
                answer = control.perform(account, method, path, order)
                body = json.dumps(answer).encode() if not callable(answer) else b""
                account.store.commit()
            status, body = 200, body or json.dumps(answer()).encode()
        except ApiError as error:
            status, body = error.status, json.dumps(error.body).encode()
        except (ValueError, KeyError, TypeError) as error:
            status, body = 400, json.dumps({"error": {"message": f"{type(error).__name__}: {error}"}}).encode()
        except ContractViolation as violation:
            status, body = 500, json.dumps({"error": {"message": str(violation)}}).encode()
        self.send(status, body, "application/json")

    def from_elsewhere(self) -> bool:
        """Another site's page in the same browser may reach this port, but must not press its buttons."""
        origin, host = self.headers.get("Origin"), self.headers.get("Host", "")
        public = urlsplit(self.server.account.public_url)
        # A name that somebody else's DNS points here is no name of ours.
        foreign_name = urlsplit(f"//{host}").hostname not in {"127.0.0.1", "localhost", "::1", public.hostname}
        return foreign_name or (bool(origin) and urlsplit(origin).netloc not in {host, public.netloc})

    def answer_page(self, method: str, path: str, text: str) -> None:
        account = self.server.account
        if method == "POST" and self.from_elsewhere():
            return self.send(403, b"These forms answer no other site's pages.", "text/plain")
        with account.lock:
            try:
                page = pages.serve(account, method, path, dict(parse_qsl(text)))
            except ContractViolation as violation:
                logger.error("The sandbox broke Stripe's contract: %s", violation)
                page = page_parts.message(500, "The sandbox broke Stripe's contract", str(violation))
            account.store.commit()
        self.send(page.status, page.body.encode(), page.content_type, page.headers)

    def send(self, status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> None:
        """Status line, headers and body in one packet."""
        lines = {
            "Date": self.date_time_string(),
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        if self.close_connection:
            lines["Connection"] = "close"
        head = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in lines.items()),
        ]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body)
