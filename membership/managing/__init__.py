"""What supporters do with their own memberships and gifts. Stripe is asked first; "saved" is said after it answered."""
