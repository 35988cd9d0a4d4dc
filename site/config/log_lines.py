"""Lines of the log, without the keys that some of our addresses are.

Django writes the path of every request that failed. Whoever reads a log, or the backup of one, must not be able to open
what a mailed link opens.
"""

from __future__ import annotations

import logging
import re

KEYS = re.compile(
    r"/(mend|order|invoices/link|back-in-stock/stop|mail/stop|card|training/verify|checkout/go-on"
    r"|accounts/password/reset/key)/[^/\s?]+"
)
# As `accounts.mailed_links` makes them, whatever page they open.
MAILED_TOKEN = re.compile(r"/[0-9a-f]{32}:[^/\s?]+")


class WithoutKeys(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return MAILED_TOKEN.sub("/…", KEYS.sub(r"/\1/…", super().format(record)))
