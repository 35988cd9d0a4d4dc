"""Prove that the books hold: every invariant, what other apps compare them with, and the total of each account."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from wagtail import hooks

from config.sandbox_process import running_sandbox
from receipts.chart import Account
from receipts.checks import AccountTotal, account_totals, books_problems
from receipts.models import Transaction
from receipts.money import format_amount


class Command(BaseCommand):
    help = "Checks that the books hold, prints the total of each account, and exits with 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        if Transaction._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no books yet: `./run demo` makes some, `./run manage migrate` empty ones.")
        with self._stripe():
            problems = [*books_problems(), *(found for check in hooks.get_hooks("check_books") for found in check())]
        for problem in problems:
            self.stdout.write(self.style.ERROR(f"Problem: {problem}"))
        self._print(account_totals())
        if problems:
            raise CommandError(f"The books do not hold: {len(problems)} problem{'s' if len(problems) > 1 else ''}.")
        self.stdout.write(self.style.SUCCESS("The books hold, and agree with Stripe."))

    def _stripe(self) -> AbstractContextManager[None]:
        """What the books are compared with. The sandbox of a demo that is not running is started for the moment."""
        if settings.STRIPE_MODE != "sandbox":
            return nullcontext()
        log = settings.VAR / "log" / "sandbox.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        return running_sandbox(log)

    def _print(self, totals: list[AccountTotal]) -> None:
        if not totals:
            self.stdout.write("Nothing is booked yet.\n")
            return
        names = max(len(account.label) for account in Account) + 2
        amounts = max(len(_printed(total)) for total in totals) + 2
        for currency in dict.fromkeys(total.currency for total in totals):
            group = ""
            self.stdout.write(f"\n{currency}")
            for total in (total for total in totals if total.currency == currency):
                heading, group = ("" if total.group == group else total.group), total.group
                self.stdout.write(f"  {heading:<8}{total.account.label:<{names}}{_printed(total):>{amounts}}")
        self.stdout.write("")


def _printed(total: AccountTotal) -> str:
    return format_amount(total.balance, total.currency)
