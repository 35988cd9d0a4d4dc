"""The membership card: a page and two PDFs for its owner, and a page that tells anybody whether it is valid."""

from __future__ import annotations
