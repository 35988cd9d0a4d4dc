"""What becomes of a session: its days, its seats, a copy of it, its end."""
