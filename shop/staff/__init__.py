"""The shop's staff screens. Who may do what is in ``roles``; the menu is put together in ``menu``."""
