"""What we teach and people pay for: courses, sessions, seats, waiting lists, bursaries, certificates.

An offering stands on ``payments`` and knows no other offering; deleting it costs this folder, one line in
``INSTALLED_APPS``, one in ``urls.py`` and ``tests/training/``.
"""
