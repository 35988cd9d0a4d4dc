"""Tests mirror the packages: ``tests/<app>/test_<what a user does>.py``.

This is a package so that ``tests/receipts`` is never mistaken for ``receipts``.
"""
