"""Orders, from the checkout on: placed, paid, sent, cancelled, sent back. Staff's screens are in ``shop.staff``."""
