"""What fundraisers and the treasurer may do by hand, and auditors may look at; `membership.finance` grants it."""

from __future__ import annotations

READING = frozenset({"view_offlinegift"})
WORKING = READING | {"add_offlinegift", "undo_offlinegift"}
