"""Discount codes: lower what is bought, never what is given, and are used no more often than staff allow."""

from __future__ import annotations
