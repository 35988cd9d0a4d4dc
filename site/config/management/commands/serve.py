"""Runs the whole site under one supervisor: web, workers, clock, and the Stripe sandbox where there is no Stripe."""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config import REPOSITORY, demo_logins, demo_state
from config.management.commands import prepare_demo
from config.sandbox_process import sandbox_command
from config.supervisor import Job, Supervisor

PATIENCE = 90.0


def manage(*words: str) -> list[str]:
    return [sys.executable, str(REPOSITORY / "manage.py"), *words]


def site_jobs(*, host: str, port: int) -> list[Job]:
    logs = Path(settings.VAR) / "log"
    logs.mkdir(parents=True, exist_ok=True)
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"),
        # Several threads a process: webhooks that wait for one flush of the disk share it.
        *("--blocking-threads", "8", "--host", host, "--port", str(port)),
        *("--workers-kill-timeout", "5", "config.wsgi:application"),
    ]
    commands = {
        "web": web,
        "events": manage("process_events"),
        "tasks": manage("db_worker", "--no-reload", "--no-startup-delay"),
        "clock": manage("clock"),
    }
    if settings.STRIPE_MODE == "sandbox":
        # On loopback even where BASE_URL is the name that visitors type.
        hook = f"http://{host}:{port}/stripe/webhook/"
        commands = {"sandbox": sandbox_command(webhook_url=hook), **commands}
    return [Job(name=name, command=command, log=logs / f"{name}.log") for name, command in commands.items()]


class Greeting:
    """Waits for the site's first page, then says where it is, once."""

    def __init__(self, command: BaseCommand, url: str) -> None:
        self.command = command
        self.url = url
        self.began = time.monotonic()

    def __call__(self) -> bool:
        late = time.monotonic() - self.began > PATIENCE
        if not late and not self._answers():
            return False
        lines = _demo_lines() if settings.DEMO else [f"Steadfast is on {settings.BASE_URL}/"]
        if late:
            lines = [f"The site has not answered yet; {Path(settings.VAR) / 'log' / 'web.log'} may say why.", *lines]
        self.command.stdout.write("\n".join(lines))
        self.command.stdout.flush()
        return True

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=2):  # noqa: S310
                return True
        except urllib.error.HTTPError as answer:
            # The site is there, whatever it thinks of this address; a broken one is not "ready".
            return answer.code < 500
        except OSError:
            return False


def _demo_lines() -> list[str]:
    people = [f"    {login.email:<34}{login.shows}" for login in demo_logins.EVERYBODY]
    return [
        "",
        f"  The site               {settings.BASE_URL}/",
        f"  For staff              {settings.BASE_URL}/admin/",
        f"  Mails it has sent      {settings.BASE_URL}/demo/mail/",
        f"  The Stripe sandbox     {settings.STRIPE_SANDBOX_URL}/",
        "",
        f"  Sign in with the password {demo_logins.PASSWORD}",
        *people,
        "",
        "  Warning: in this demo staff sign in without a second factor. No money moves.",
        "  Ctrl-C stops everything.",
        "",
    ]


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--prepare", action="store_true", help="fill the demo first, if it is new")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        os.environ["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY / "site"), str(REPOSITORY)])
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        try:
            with demo_state.the_only_demo():
                if options["prepare"]:
                    # In this process: another start of Django would be half of what the second start takes.
                    prepare_demo.Command().prepare()
                    connections.close_all()
                status = self._supervise(host, port)
        except demo_state.AlreadyRunning:
            raise CommandError("This folder's site is running already. Stop that one first (Ctrl-C).") from None
        sys.exit(status)

    def _supervise(self, host: str, port: int) -> int:
        demo_state.port_file().write_text(f"{port}\n")
        jobs = site_jobs(host=host, port=port)
        for job in jobs:
            if job.log:
                # A log tells of one run; what it said before is in nobody's way.
                job.log.write_bytes(b"")
        self.stdout.write("Starting ...")
        self.stdout.flush()
        greeting = Greeting(self, f"http://{host}:{port}/")
        return Supervisor(jobs, watch=greeting, say=self.stderr.write).run()
