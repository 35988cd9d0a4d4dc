"""Courses and events of an NGO that does not exist, with people who booked them."""

from __future__ import annotations

from training.demo.building import build_training

__all__ = ["build_training"]
