"""A pretend Stripe over real HTTP, for the demo and the tests. It imports nothing of ours and moves no money."""
