"""What visitors see of the shop: the listing with its filters, and a page for each product."""
