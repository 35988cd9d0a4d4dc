"""A membership for somebody else: bought once, given by a code, redeemed once."""
