"""Offering free seats to who waits, in the order in which they came."""

from __future__ import annotations


def serve(session: int) -> int:
    """Offer what is free of a session to those who wait for it. Returns how many offers were made."""
    return 0
