"""``python -m stripe_sandbox``: start the sandbox as its own process."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from stripe_sandbox.account import Account
from stripe_sandbox.contract import Contract
from stripe_sandbox.implemented import warm
from stripe_sandbox.server import Server
from stripe_sandbox.store import Store
from stripe_sandbox.webhooks import Sender

LIVE_KEY = re.compile(r"(sk|rk)_live_")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stripe_sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="0 picks a free one")
    parser.add_argument("--state", default=":memory:", help="the SQLite file to keep everything in, or :memory:")
    parser.add_argument("--webhook-url", default="", help="where every event is sent")
    parser.add_argument("--webhook-secret", default="whsec_sandbox", help="what signs deliveries to --webhook-url")
    parser.add_argument("--public-url", default="", help="how browsers reach the hosted pages")
    parser.add_argument("--cache-dir", default="", help="where the contract derived from the SDK is kept")
    return parser.parse_args()


def cache_folder(given: str, state: str) -> Path:
    if given:
        return Path(given)
    if state != ":memory:":
        return Path(state).resolve().parent
    return Path(tempfile.gettempdir()) / f"stripe-sandbox-{os.getuid()}"


def refuse_live_keys() -> None:
    for name in ("STRIPE_SECRET_KEY", "STRIPE_API_KEY"):
        if LIVE_KEY.match(os.environ.get(name, "")):
            sys.exit(f"{name} is a live key. The sandbox, where no money moves, does not start beside one.")


def tick(account: Account, stopping: threading.Event) -> None:
    """Time passes by itself too: do what falls due."""
    while not stopping.wait(1):
        with account.lock:
            if account.run_due(account.now()):
                account.store.commit()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    refuse_live_keys()
    given = arguments()
    if given.state != ":memory:":
        Path(given.state).parent.mkdir(parents=True, exist_ok=True)
    contract = Contract(cache_folder(given.cache_dir, given.state))
    warm(contract)
    account = Account(
        Store(given.state),
        contract,
        public_url=given.public_url.rstrip("/"),
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        strict=os.environ.get("STRIPE_SANDBOX_STRICT", "") == "1",
    )
    try:
        server = Server(given.port, account)
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on port {given.port}: {error.strerror}.")
    address = f"http://127.0.0.1:{server.server_address[1]}"
    account.public_url = account.public_url or address
    serve(server, account, address)


def serve(server: Server, account: Account, address: str) -> None:
    stopping, sender = threading.Event(), Sender(account)

    def stop(*_: object) -> None:
        stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sender.start()
    threading.Thread(target=tick, args=(account, stopping), name="clock", daemon=True).start()
    sys.stdout.write(f"stripe sandbox on {address}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    sender.stop()
    server.server_close()
    # Let a request that was under way finish before the file is closed.
    deadline = time.monotonic() + 2
    while not account.lock.acquire(timeout=0.1) and time.monotonic() < deadline:
        pass
    account.store.close()


if __name__ == "__main__":
    main()
