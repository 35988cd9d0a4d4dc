"""Tests of the Stripe sandbox: the unmodified SDK drives it over HTTP. None of them needs a database."""
