"""When a payment fails: telling the supporter, and a link that mends it without a log-in."""
