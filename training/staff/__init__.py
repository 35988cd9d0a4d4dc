"""Training's staff screens. Who may do what is in ``training.roles``; the menu is put together in ``menu``."""
