"""Statements of a bank account as CSV: read line by line, matched with supporters, booked by a person, and undone."""
