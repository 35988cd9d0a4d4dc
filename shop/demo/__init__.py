"""The shelf of a workshop that does not exist: products with drawn pictures, variants and stock."""

from __future__ import annotations

from shop.demo.building import build_shop

__all__ = ["build_shop"]
