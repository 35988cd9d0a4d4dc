"""How many lie ready: only this package changes ``Stock``, always by conditional updates, and says why each time."""
