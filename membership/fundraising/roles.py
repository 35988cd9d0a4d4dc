"""What fundraisers and the treasurer may do by hand, and auditors may look at; `membership.finance` grants it."""

from __future__ import annotations

READING = frozenset({"view_offlinegift", "view_bankimport", "view_segment"})
WORKING = READING | {
    "add_offlinegift", "undo_offlinegift", "add_bankimport", "add_segment", "delete_segment", "export_segment",
}  # fmt: skip
