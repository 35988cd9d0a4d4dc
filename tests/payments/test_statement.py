"""A bank statement says a neutral name, by Stripe's rules, and nothing of what was bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import run_checks

from payments import gateway
from payments.statement import faults_of_name, faults_of_suffix
from tests.payments.basket import paid

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.mark.parametrize("name", ["", "HARBOUR LIGHT", "H.L. Office", "A" * 22, "ABCDE"])
def test_a_neutral_name_by_the_rules_is_fine(name: str) -> None:
    assert not list(faults_of_name(name))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("ABCD", "4 letters"),
        ("A" * 23, "23 letters"),
        ("12345", "no letter"),
        ("HARBOUR*LIGHT", "has *"),
        ("O'HARA HOUSE", "has '"),
        ("PUERTO NIÑO", "Latin"),
        ("港の光の家", "Latin"),
        ("STOP TRAFFICKING", "traffick"),
        ("Survivor Shop", "survivor"),
    ],
)
def test_another_is_told_with_what_is_wrong(name: str, fault: str) -> None:
    assert fault in " ".join(faults_of_name(name))


def test_a_suffix_fits_behind_every_prefix() -> None:
    assert not list(faults_of_suffix("OFFICE")) and list(faults_of_suffix("OFFICE SHOP"))
    assert "rescue" in " ".join(faults_of_suffix("RESCUE"))


def test_the_start_up_check_warns(settings: Any) -> None:
    settings.STATEMENT_NAME, settings.STATEMENT_SUFFIX = "SURVIVORS FIRST", "A" * 11
    found = {(problem.id, problem.level) for problem in run_checks() if problem.id.startswith("payments.W")}
    assert found == {("payments.W001", 30), ("payments.W002", 30)}


@pytest.mark.django_db
@pytest.mark.parametrize(("suffix", "said"), [("", "SANDBOX"), ("OFFICE", "SANDBOX* OFFICE")])
def test_the_charge_carries_it_and_no_word_of_the_goods(
    connected_sandbox: Sandbox, settings: Any, suffix: str, said: str
) -> None:
    settings.STATEMENT_SUFFIX = suffix
    payment = paid(connected_sandbox)
    charge = gateway.client().v1.charges.retrieve(str(payment.charge_id))
    assert charge.calculated_statement_descriptor == said
    assert charge.statement_descriptor is None and (charge.statement_descriptor_suffix or "") == suffix
