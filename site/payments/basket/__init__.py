"""The basket and its checkout: one payment for whatever the offerings sell once (``payments.goods``).

``keeping`` finds and fills a visitor's basket, ``quoting`` says what all of it costs now, ``placing`` starts the
payment. Something recurring has its own checkout.
"""
