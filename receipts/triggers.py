"""What the database itself refuses, on SQLite and PostgreSQL alike.

- a change or deletion of anything in the books, and TRUNCATE;
- an entry in a closed month, or in another month than its transaction's;
- corrections of an entry that sum to more than the entry;
- a change of an issued receipt's or invoice's number, names or amounts, and its deletion.

Installed on every `post_migrate`: rebuilding a table on SQLite drops its triggers without a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

TRANSACTION, ENTRY, CLOSED = "receipts_transaction", "receipts_entry", "receipts_closedmonth"
RECEIPT, LINE, INVOICE = "receipts_receipt", "receipts_receiptline", "receipts_invoice"
BOOKS = (TRANSACTION, ENTRY, CLOSED)
GUARDED = (*BOOKS, RECEIPT, LINE, INVOICE)

CHANGED = "the books are never changed"
DELETED = "nothing is deleted from the books"
MONTH_CLOSED = "the month is closed"
MONTH_DIFFERS = "an entry is in the month of its transaction"
CORRECTED_TOO_MUCH = "corrections exceed their entry"
RECEIPT_FROZEN = "an issued receipt is never edited"
INVOICE_FROZEN = "an issued invoice is never edited"

FROZEN_IN_RECEIPT = (
    "public_id", "verify_code", "series_id", "number", "label", "kind", "payer_id", "transaction_id", "issued_on",
    "currency", "amount", "advantage", "eligible_amount", "language", "snapshot", "rule_version", "replaces_id",
)  # fmt: skip
FROZEN_IN_LINE = ("receipt_id", "entry_id", "amount", "advantage", "eligible_amount")
FROZEN_IN_INVOICE = (
    "public_id", "series_id", "number", "label", "kind", "payer_id", "transaction_id", "corrects_id", "issued_on",
    "currency", "net", "tax", "language", "snapshot",
)  # fmt: skip
FROZEN = (
    (RECEIPT, FROZEN_IN_RECEIPT, RECEIPT_FROZEN),
    (LINE, FROZEN_IN_LINE, RECEIPT_FROZEN),
    (INVOICE, FROZEN_IN_INVOICE, INVOICE_FROZEN),
)

# What is left of an entry: its amount, less what corrects it, with what was corrected back in turn.
LEFT_OF_ENTRY = f"""(
    SELECT e.amount
      - COALESCE((SELECT SUM(c.amount) FROM {ENTRY} c WHERE c.corrects_id = e.id), 0)
      + COALESCE((SELECT SUM(r.amount) FROM {ENTRY} c JOIN {ENTRY} r ON r.corrects_id = c.id
                  WHERE c.corrects_id = e.id), 0)
    FROM {ENTRY} e WHERE e.id = NEW.corrects_id
)"""  # noqa: S608 (names of our own tables)
MONTH_IS_CLOSED = f"EXISTS (SELECT 1 FROM {CLOSED} WHERE month >= NEW.month)"  # noqa: S608
MONTH_IS_ANOTHER = f"NEW.month <> (SELECT month FROM {TRANSACTION} WHERE id = NEW.transaction_id)"  # noqa: S608

Triggers = dict[str, tuple[str, str]]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, afresh. Safe to run at any time."""
    drop(connection)
    with connection.cursor() as cursor:
        for name, (table, sql) in _wanted(connection).items():
            cursor.execute(sql.format(name=name, table=table))


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. Only `install` and a test runner's flush have a reason to."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, (table, _) in _wanted(connection).items():
            if table in tables:
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    return sorted(set(_wanted(connection)) - _there(connection))


def _there(connection: BaseDatabaseWrapper) -> set[str]:
    found_by = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(found_by[connection.vendor])
        return {row[0] for row in cursor.fetchall()}


def guard(connection: BaseDatabaseWrapper, table: str, *, what: str) -> None:
    """Make another app's table append-only: no change, no deletion, no TRUNCATE. Safe to run at any time."""
    with connection.cursor() as cursor:
        for name, (_, sql) in _append_only(connection, table, what).items():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
            cursor.execute(sql.format(name=name, table=table))


def is_guarded(connection: BaseDatabaseWrapper, table: str) -> bool:
    return set(_append_only(connection, table, "")) <= _there(connection)


def _append_only(connection: BaseDatabaseWrapper, table: str, what: str) -> Triggers:
    refusal = _postgresql_refusal if connection.vendor == "postgresql" else _sqlite_refusal
    triggers = {
        f"{table}_no_update": (table, refusal("UPDATE", f"{what} are never changed")),
        f"{table}_no_delete": (table, refusal("DELETE", f"{what} are never deleted")),
    }
    if connection.vendor == "postgresql":
        truncate = refusal("TRUNCATE", f"{what} are never deleted").replace("FOR EACH ROW", "FOR EACH STATEMENT")
        triggers[f"{table}_no_truncate"] = (table, truncate)
    return triggers


def _wanted(connection: BaseDatabaseWrapper) -> Triggers:
    if connection.vendor == "postgresql":
        return _on_postgresql()
    return _on_sqlite()


# -- SQLite -------------------------------------------------------------------------------------------------


def _on_sqlite() -> Triggers:
    triggers = {}
    for table in BOOKS:
        triggers[f"{table}_no_update"] = (table, _sqlite_refusal("UPDATE", CHANGED))
    for table in GUARDED:
        triggers[f"{table}_no_delete"] = (table, _sqlite_refusal("DELETE", DELETED))
    for table in (TRANSACTION, ENTRY):
        triggers[f"{table}_open_month"] = (table, _sqlite_refusal("INSERT", MONTH_CLOSED, MONTH_IS_CLOSED))
    triggers[f"{ENTRY}_same_month"] = (ENTRY, _sqlite_refusal("INSERT", MONTH_DIFFERS, MONTH_IS_ANOTHER))
    too_much = f"NEW.corrects_id IS NOT NULL AND NEW.amount > {LEFT_OF_ENTRY}"
    triggers[f"{ENTRY}_corrections"] = (ENTRY, _sqlite_refusal("INSERT", CORRECTED_TOO_MUCH, too_much))
    for table, columns, sentence in FROZEN:
        changed = _any(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        triggers[f"{table}_frozen"] = (table, _sqlite_refusal("UPDATE", sentence, changed))
    triggers[f"{RECEIPT}_stays_void"] = (
        RECEIPT, _sqlite_refusal("UPDATE", RECEIPT_FROZEN, "OLD.state = 'void' AND NEW.state <> 'void'"),
    )  # fmt: skip
    triggers[f"{LINE}_stays_void"] = (
        LINE, _sqlite_refusal("UPDATE", RECEIPT_FROZEN, "NEW.is_live AND NOT OLD.is_live"),
    )  # fmt: skip
    return triggers


def _sqlite_refusal(event: str, sentence: str, condition: str = "") -> str:
    when = f"WHEN {condition} " if condition else ""
    return (
        f"CREATE TRIGGER {{name}} BEFORE {event} ON {{table}} FOR EACH ROW {when}"
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _any(conditions: Iterable[str]) -> str:
    return "(" + " OR ".join(conditions) + ")"


# -- PostgreSQL ---------------------------------------------------------------------------------------------

# Closing a month waits for whoever is writing into it, and the other way round.
MONTH_LOCK = 20_261_121


def _on_postgresql() -> Triggers:
    triggers = {}
    for table in BOOKS:
        triggers[f"{table}_no_update"] = (table, _postgresql_refusal("UPDATE", CHANGED))
    for table in GUARDED:
        triggers[f"{table}_no_delete"] = (table, _postgresql_refusal("DELETE", DELETED))
        truncate = _postgresql_refusal("TRUNCATE", DELETED).replace("FOR EACH ROW", "FOR EACH STATEMENT")
        triggers[f"{table}_no_truncate"] = (table, truncate)
    for table in (TRANSACTION, ENTRY):
        lock = f"PERFORM pg_advisory_xact_lock_shared({MONTH_LOCK});"
        triggers[f"{table}_open_month"] = (table, _postgresql_refusal("INSERT", MONTH_CLOSED, MONTH_IS_CLOSED, lock))
    lock = f"PERFORM pg_advisory_xact_lock({MONTH_LOCK});"
    triggers[f"{CLOSED}_waits"] = (CLOSED, _postgresql_refusal("INSERT", MONTH_CLOSED, "FALSE", lock))
    triggers[f"{ENTRY}_same_month"] = (ENTRY, _postgresql_refusal("INSERT", MONTH_DIFFERS, MONTH_IS_ANOTHER))
    # Two corrections of one entry must see each other.
    lock = f"PERFORM 1 FROM {ENTRY} WHERE id = NEW.corrects_id FOR NO KEY UPDATE;"  # noqa: S608
    exceeds = f"NEW.amount > {LEFT_OF_ENTRY}"
    correction = _postgresql_refusal("INSERT", CORRECTED_TOO_MUCH, exceeds, lock)
    triggers[f"{ENTRY}_corrections"] = (
        ENTRY, correction.replace("FOR EACH ROW", "FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL)"),
    )  # fmt: skip
    for table, columns, sentence in FROZEN:
        changed = _any(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        triggers[f"{table}_frozen"] = (table, _postgresql_refusal("UPDATE", sentence, changed))
    triggers[f"{RECEIPT}_stays_void"] = (
        RECEIPT, _postgresql_refusal("UPDATE", RECEIPT_FROZEN, "OLD.state = 'void' AND NEW.state <> 'void'"),
    )  # fmt: skip
    triggers[f"{LINE}_stays_void"] = (
        LINE, _postgresql_refusal("UPDATE", RECEIPT_FROZEN, "NEW.is_live AND NOT OLD.is_live"),
    )  # fmt: skip
    return triggers


def _postgresql_refusal(event: str, sentence: str, condition: str = "TRUE", before: str = "") -> str:
    """A function and its trigger. SQLSTATE 23514 makes Django raise IntegrityError, as SQLite does."""
    return f"""
        CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {before}
            IF {condition} THEN
                RAISE EXCEPTION '{sentence}' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {{name}} BEFORE {event} ON {{table}} FOR EACH ROW EXECUTE FUNCTION {{name}}();
    """
