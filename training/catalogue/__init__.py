"""What visitors see of courses and events: the listing with its filters, and a page for each."""
