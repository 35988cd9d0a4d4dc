"""The demo's pages for members: a diary from the workshop, a picture, a pattern to sew, a part of a public page."""

from __future__ import annotations

from membership.diary.building import build_diary

__all__ = ["build_diary"]
