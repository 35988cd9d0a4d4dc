"""The pages, brand and pictures of a believable charity that does not exist."""

from __future__ import annotations

from pages.demo.building import build_site

__all__ = ["build_site"]
