"""A site that receives webhooks, and fails as often as it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.received: list[tuple[str, str]] = []
        self.failures = 0
        # Asked while a delivery is at the door, as a site might ask Stripe before it answers.
        self.meanwhile: Callable[[], Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhook/"

    def wait_for(self, number: int, seconds: float = 10) -> list[tuple[str, str]]:
        """The first ``number`` deliveries as (body, signature header), once they have come."""
        deadline = monotonic() + seconds
        while len(self.received) < number:
            if monotonic() > deadline:
                raise AssertionError(f"Only {len(self.received)} of {number} deliveries came")
            sleep(0.02)
        return list(self.received)


class Door(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server.failures:
            self.server.failures -= 1
            return self.answer(503)
        if self.server.meanwhile:
            self.server.meanwhile()
        self.server.received.append((body, self.headers["Stripe-Signature"]))
        self.answer(200)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
