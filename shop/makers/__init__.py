"""Makers: their pages, what they are owed and paid, and how a price splits. Nothing of them shows without consent."""
