"""What the history of an application says. Never what was decided: others than the team may read it."""

from __future__ import annotations

ASKED = "training.ask_applicant"
DECIDED = "training.decide_application"
