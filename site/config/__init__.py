"""Settings and URLs: the only package that knows every other.

Finding ``config`` is enough to find every app, from any entry point: the repository root holds the
offerings and the books, ``site/`` holds the website (and is deliberately no package, because Python's own
``site`` module is loaded before any of our code).
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

if str(REPOSITORY) not in sys.path:
    sys.path.append(str(REPOSITORY))
