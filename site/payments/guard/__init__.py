"""The guard against bots that try out stolen cards: nothing is written and Stripe is not called before it agrees.

Within the limits nobody is asked anything. Above those of one address, the browser works for each further checkout,
unseen, while the person waits. When the whole site is above its own, or where no script runs, a mailed link goes on
with what was typed. There is no puzzle. A form needs two lines: ``guard.stop`` in its view, ``guard_fields`` in its
template.
"""

from __future__ import annotations

from payments.guard.answers import stop
from payments.guard.deciding import Need, Verdict, check

__all__ = ["Need", "Verdict", "check", "stop"]
