"""Fills a demo with a believable NGO whose history went through the same code as real payments do."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django_tasks_db.models import DBTaskResult
from wagtail import hooks

from accounts.models import OutgoingMail
from accounts.tasks import deliver
from config.demo.history import History, prepared_offerings
from config.demo.people import known_member
from config.demo.staff import make_issuer, make_logins
from config.demo_logins import MEMBER
from config.sandbox_process import sandbox_answers
from pages.demo import build_site
from payments.models import Payment
from receipts.models import Payer, Receipt
from receipts.tasks import draw_receipt

BAR = 30


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--members", type=int, default=40, help="how many people join on the way (40)")
        parser.add_argument("--months", type=int, default=24, help="how many months of history, ending now (24)")

    def handle(self, *args: Any, members: int, months: int, **options: Any) -> None:
        self._refuse_where_it_would_harm(members, months)
        started = time.monotonic()
        build_site()
        make_issuer()
        starts = prepared_offerings()
        History(people=members, months=months, starts=starts, member=known_member(MEMBER), tell=self._draw_bar).live()
        end_history()
        make_logins()
        forget_old_mail()
        let_new_receipts_pass()
        self.stdout.write(
            f"{Payment.objects.paid().count()} payments of {Payer.objects.count()} people over {months} months, "
            f"in {time.monotonic() - started:.0f} s."
        )

    def _refuse_where_it_would_harm(self, members: int, months: int) -> None:
        if settings.STRIPE_MODE != "sandbox":
            raise CommandError("Demo data goes through the Stripe sandbox only, never through a real account.")
        if Payment.objects.exists():
            raise CommandError(
                "There are payments already. Demo data goes into empty books only: the ledger keeps all."
            )
        if not (1 <= members <= 20_000 and 1 <= months <= 120):
            raise CommandError("Choose 1 to 20,000 members and 1 to 120 months.")
        if not sandbox_answers():
            raise CommandError("The Stripe sandbox does not answer. `./run demo` starts it and calls this command.")

    def _draw_bar(self, share: float) -> None:
        if not sys.stdout.isatty():
            return
        filled = round(BAR * share)
        ending = "\n" if share >= 1 else ""
        self.stdout.write(f"\r  [{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}", ending=ending)
        self.stdout.flush()


def end_history() -> None:
    """What offerings add that came outside Stripe, by the hook ``demo_ending``."""
    for give in hooks.get_hooks("demo_ending"):
        give()()


def forget_old_mail() -> None:
    """What was written over two years was read long ago; the demo's mailbox begins empty."""
    Receipt.objects.update(mailed_at=F("created_at"))
    OutgoingMail.objects.all().delete()
    DBTaskResult.objects.filter(task_path=deliver.module_path).delete()


def let_new_receipts_pass() -> None:
    """Old receipts are drawn in the background over some minutes; what a visitor pays now must not wait for them."""
    DBTaskResult.objects.filter(task_path=draw_receipt.module_path).update(priority=-50)
