"""What survivors make and we sell: makers, products and their variants, stock, orders, fulfilment.

An offering stands on ``payments`` and knows no other offering; deleting it costs this folder, one line in
``INSTALLED_APPS``, one in ``urls.py`` and ``tests/shop/``.
"""
