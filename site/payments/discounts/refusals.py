"""Why a code is not taken."""

from __future__ import annotations


class CodeRefused(Exception):
    """Its text is a sentence for the customer."""


class CodeUsedUp(CodeRefused):
    """Somebody was faster, or a colleague switched it off: it was good when it was typed."""

    def __init__(self, sentence: str = "This code can’t be used any more. Go on without it, or try another.") -> None:
        super().__init__(sentence)
