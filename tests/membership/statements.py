"""Statements as banks export them, uploaded and read."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from membership.fundraising.bank_import.layout import Layout
from membership.fundraising.bank_import.staging import stage
from membership.models import BankImport, BankLine

HEAD = "Date,Amount,Name,Reference"
LAYOUT = Layout(delimiter=",", date=0, amount=1, payer=2, text=3, order="ymd", decimal=".")


def a_statement(*lines: str, head: str = HEAD, account: str = "Main", layout: Layout = LAYOUT) -> BankImport:
    """Read straight, without the pages."""
    text = "\n".join([head, *lines])
    statement = BankImport.objects.create(account=account, file_hash=f"{BankImport.objects.count()}", text=text)
    stage(statement, layout)
    statement.refresh_from_db()
    return statement


def a_line(text: str = "2026-01-05,50.00,Grace Okafor,Thank you", **more: Any) -> BankLine:
    return a_statement(text, **more).lines.get()


def upload(client: Client, content: bytes | str, **more: Any) -> Any:
    body = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("statement.csv", body, content_type="text/csv")
    return client.post(reverse("bank_imports:upload"), {"account": "Main", "file": file, **more})
