from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import page
import pytest
from django.core.files.storage import storages
from django.test import override_settings

from accounts.models import OutgoingMail
from receipts import drawing, storing
from receipts.documents import document_html, machine_readable
from receipts.issuing import issue_receipt
from receipts.models import Receipt
from receipts.tasks import draw_receipt
from tests.receipts.books import a_line, a_payer, a_payment, an_issuer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(drawing.why_pdf_is_off()), reason=f"WeasyPrint is missing: {drawing.why_pdf_is_off()}"),
]

DINNER = {"label": "Dinner", "kind": "main", "fair_value": 4_000}


def a_receipt(name: str = "Grace Okafor", *, sandbox: bool = False, **payer: Any) -> Receipt:
    an_issuer()
    lines = (a_line(10_000, advantages=(DINNER,), description="Gala dinner"), a_line(2_500))
    paid = a_payment(*lines, payer=a_payer(name=name, **payer))
    receipt = issue_receipt(paid, on=date(2025, 6, 16), sandbox=sandbox)
    assert receipt is not None
    return receipt


def text_of(pdf: bytes, folder: Path) -> str:
    file = folder / "receipt.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout


SCRIPTS = [
    "Grace Okafor",
    "ليلى حسن",
    "דנה לוי",
    "सीता शर्मा",
    "สมชาย ใจดี",
    "សុខា លី",
    "Олена Коваль",
    "Ελένη",
    "Nguyễn Thị Hoa",
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_file_is_archival_and_accessible_in_every_script_we_ship(name: str) -> None:
    assert faults_of(storing.draw_receipt_pdf(a_receipt(name))) == []


def faults_of(pdf: bytes) -> list[str]:
    """What a validator finds in a file, as an archive (PDF/A-3a) and for a reader without sight (PDF/UA-1)."""
    profiles = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in profiles]
    return [failure.message for report in reports for failure in report.failures]


def test_data_that_ends_like_a_line_is_still_read_whole() -> None:
    """The last byte of a compressed stream is a checksum's: now and then it is a carriage return."""
    texts = (b"x" * length for length in range(5_000))
    unlucky = next(text for text in texts if zlib.compress(text, 9).endswith(b"\r"))
    html = "<html lang=en><title>A receipt</title><h1>A receipt</h1></html>"
    pdf = drawing.draw(
        html=html,
        identifier="id",
        attachment=unlucky,
        attachment_name="a.json",
        created=datetime(2025, 6, 16, tzinfo=UTC),
    )
    assert faults_of(pdf) == []


def test_the_same_receipt_is_the_same_bytes_each_time() -> None:
    receipt = a_receipt()
    first = storing.draw_receipt_pdf(receipt)
    assert storing.draw_receipt_pdf(Receipt.objects.get(pk=receipt.pk)) == first


DRAW_ELSEWHERE = """
import hashlib, sys
from datetime import datetime, UTC
from receipts import drawing
html = open(sys.argv[1], encoding="utf-8").read()
pdf = drawing.draw(html=html, identifier="id", attachment=b"{}", attachment_name="a.json",
                   created=datetime(2025, 6, 16, tzinfo=UTC))
print(hashlib.sha256(pdf).hexdigest())
"""


def test_another_process_at_another_place_draws_the_same_bytes(tmp_path: Path) -> None:
    html = tmp_path / "receipt.html"
    html.write_text(document_html(a_receipt()), encoding="utf-8")
    root = Path(drawing.__file__).parents[1]
    digests = set()
    for seed, zone, language in (("1", "UTC", "C.UTF-8"), ("2", "Asia/Tokyo", "C")):
        environment = {
            **os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language,
            "PYTHONUTF8": "1",
        }  # fmt: skip
        command = [sys.executable, "-c", DRAW_ELSEWHERE, html]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        digests.add(run.stdout.strip())
    assert len(digests) == 1


def test_it_says_who_paid_what_and_what_of_it_is_deductible(tmp_path: Path) -> None:
    text = text_of(storing.draw_receipt_pdf(a_receipt()), tmp_path)
    for part in (
        "Harbour Light Foundation", "EIN 12-3456789", "2025-00001", "Grace Okafor", "12 Harbour Street",
        "June 15, 2025", "$125.00", "$40.00", "$85.00", "Dinner", "good-faith estimate",
        "Ana Flores, Treasurer", "/receipts/verify/",
    ):  # fmt: skip
        assert part in text
    assert "SANDBOX" not in text.upper()


def test_a_sandbox_receipt_says_so_across_the_page(tmp_path: Path) -> None:
    text = text_of(storing.draw_receipt_pdf(a_receipt(sandbox=True)), tmp_path)
    assert "Sandbox receipt: no money moved" in text
    assert "SANDBOX-2025-00001" in text


def test_one_payment_is_one_page(tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    file.write_bytes(storing.draw_receipt_pdf(a_receipt("A very long name " * 10)))
    told = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    assert "Pages:           1" in told


def test_the_same_facts_are_attached_in_machine_readable_form() -> None:
    receipt = a_receipt("ليلى حسن")
    facts = json.loads(machine_readable(receipt))
    assert (facts["number"], facts["payer"]["name"]) == ("2025-00001", "ليلى حسن")
    assert (facts["eligible_amount"], facts["minor_units"]["eligible_amount"]) == ("85.00", 8_500)
    pdf = storing.draw_receipt_pdf(receipt)
    streams = [part.split(b"endstream")[0].strip(b"\r\n") for part in pdf.split(b"stream")[1:]]
    assert any(machine_readable(receipt) == _unpacked(stream) for stream in streams)


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.mark.parametrize("name", ["金田一 耕助", "홍길동", "Grace 🌊"])
def test_a_name_our_fonts_cannot_print_waits_for_a_human(name: str) -> None:
    receipt = a_receipt(name)
    draw_receipt.enqueue(receipt.pk)
    receipt.refresh_from_db()
    assert receipt.render_state == "failed"
    assert not receipt.file_name
    assert "lack" in receipt.render_error
    assert not OutgoingMail.objects.exists()


HOSTILE = [
    "<img src='file:///etc/passwd'>", "<link rel=attachment href='file:///etc/passwd'>", "</style><style>@import 'http://x'",
    "<svg><image href='http://127.0.0.1/'/></svg>", "{{ settings.SECRET_KEY }}",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_printed_and_never_run(name: str, tmp_path: Path) -> None:
    text = text_of(storing.draw_receipt_pdf(a_receipt(name)), tmp_path)
    assert name[:12] in text
    assert "root:" not in text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x"])
def test_a_page_that_fetches_anything_is_not_drawn(address: str) -> None:
    with pytest.raises(drawing.FetchRefused, match="fetches nothing"):
        drawing.draw(
            html=f"<html lang=en><title>x</title><img src='{address}'>",
            identifier="x",
            attachment=b"",
            attachment_name="x",
            created=datetime(2025, 1, 1, tzinfo=UTC),
        )


# -- Storing ------------------------------------------------------------------------------------------------


def test_the_bytes_are_stored_privately_with_their_digest_and_the_link_is_mailed() -> None:
    receipt = a_receipt()
    draw_receipt.enqueue(receipt.pk)
    receipt.refresh_from_db()
    assert receipt.render_state == "stored"
    with storages["private"].open(receipt.file_name) as file:
        content = file.read()
    assert content == storing.draw_receipt_pdf(receipt)
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("grace@example.org", "Your receipt 2025-00001")
    assert receipt.get_absolute_url() in mail.text
    assert "Grace" not in mail.subject
    assert "$" not in mail.text


def test_a_receipt_drawn_twice_is_stored_and_mailed_once() -> None:
    receipt = a_receipt()
    draw_receipt.enqueue(receipt.pk)
    draw_receipt.enqueue(receipt.pk)
    assert OutgoingMail.objects.count() == 1


def test_what_a_dead_worker_left_behind_is_written_anew() -> None:
    from django.core.files.base import ContentFile

    receipt = a_receipt()
    name = f"receipts/2025/{receipt.public_id}.pdf"
    storages["private"].save(name, ContentFile(b"half a fi"))
    draw_receipt.enqueue(receipt.pk)
    receipt.refresh_from_db()
    assert receipt.file_name == name
    assert storing.stored_bytes(receipt).startswith(b"%PDF")


def test_a_drawing_that_fails_is_tried_again_with_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = a_receipt()
    with monkeypatch.context() as broken:
        broken.setattr(drawing, "draw", _broken)
        waits = [storing.draw_and_store(receipt.pk) for _ in storing.WAITS]
        receipt.refresh_from_db()
        assert all(waits)
        assert (receipt.render_state, receipt.render_error) == ("waiting", "OSError")
        assert storing.draw_and_store(receipt.pk) is None
        receipt.refresh_from_db()
        assert receipt.render_state == "failed"
    storing.draw_and_store(receipt.pk)
    receipt.refresh_from_db()
    assert (receipt.render_state, receipt.number) == ("stored", 1)


def _broken(**_: Any) -> bytes:
    raise OSError("Grace Okafor could not be drawn")


def test_without_weasyprint_a_page_to_print_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = a_receipt()
    monkeypatch.setattr(drawing, "why_pdf_is_off", lambda: "PDFs are off: WeasyPrint cannot start here.")
    draw_receipt.enqueue(receipt.pk)
    receipt.refresh_from_db()
    assert receipt.render_state == "off"
    assert OutgoingMail.objects.count() == 1


@override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}})
def test_with_a_task_table_the_request_is_written_with_the_receipt() -> None:
    from django_tasks_db.models import DBTaskResult

    receipt = a_receipt()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [receipt.pk]
