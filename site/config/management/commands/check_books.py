"""Prove that the books hold: every invariant, what other apps compare them with, and the total of each account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from wagtail import hooks

from receipts.chart import Account
from receipts.checks import AccountTotal, account_totals, books_problems
from receipts.money import format_amount


class Command(BaseCommand):
    help = "Checks that the books hold, prints the total of each account, and exits with 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [*books_problems(), *(problem for check in hooks.get_hooks("check_books") for problem in check())]
        for problem in problems:
            self.stdout.write(self.style.ERROR(f"Problem: {problem}"))
        self._print(account_totals())
        if problems:
            raise CommandError(f"The books do not hold: {len(problems)} problem{'s' if len(problems) > 1 else ''}.")
        self.stdout.write(self.style.SUCCESS("The books hold."))

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
