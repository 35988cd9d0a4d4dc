"""Bursaries: asking for one, deciding, and the money that a fund gives for a seat."""
