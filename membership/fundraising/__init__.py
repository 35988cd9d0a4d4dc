"""What fundraisers do by hand: gifts that came outside the site, statements of the bank, lists of supporters."""
