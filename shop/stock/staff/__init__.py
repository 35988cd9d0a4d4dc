"""Staff's screens of the stock: the list, one variant's history, counting, counts from a file."""
