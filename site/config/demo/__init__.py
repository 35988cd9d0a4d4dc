"""The demo's NGO: who it is, who supports it, and two years of history that went through the same code as real life."""

from __future__ import annotations
