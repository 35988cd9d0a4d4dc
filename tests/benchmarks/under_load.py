"""The application that a benchmark serves: the site with one more address."""

from __future__ import annotations

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

django.setup()
settings.ROOT_URLCONF = "tests.benchmarks.urls_under_load"
application = get_wsgi_application()
