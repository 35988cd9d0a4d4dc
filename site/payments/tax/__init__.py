"""Sales tax and VAT: rates that staff keep, and the tax on what is sold. It knows nothing of what that is."""

from __future__ import annotations
