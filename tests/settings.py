"""The site's own settings, with an environment that no file or shell of a developer can leak into.

Only the database is taken from outside: ``DATABASE_URL`` picks PostgreSQL, nothing set means SQLite.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [path for path in (str(REPOSITORY), str(REPOSITORY / "site")) if path not in sys.path]

# A process that a test starts inherits its parent's folder, a pytest-xdist worker gets its own.
# Only who made the folder removes it.
prefix = f"steadfast-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"
if prefix not in os.environ.get("STEADFAST_TEST_VAR", ""):
    os.environ["STEADFAST_TEST_VAR"] = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, os.environ["STEADFAST_TEST_VAR"], ignore_errors=True)
TEST_VAR = Path(os.environ["STEADFAST_TEST_VAR"])

os.environ.update(
    STEADFAST_VAR=str(TEST_VAR),
    SECRET_KEY="only-for-tests",
    BASE_URL=os.environ.get("STEADFAST_TEST_BASE_URL", "http://testserver"),
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    DEBUG="0",
    DEMO="0",
    STAFF_SECOND_FACTOR="1",
    STRIPE_MODE="sandbox",
    STRIPE_SECRET_KEY="sk_test_steadfast",
    STRIPE_WEBHOOK_SECRETS="whsec_test_steadfast",
    STRIPE_SANDBOX_URL=os.environ.get("STEADFAST_TEST_SANDBOX_URL", "http://127.0.0.1:8001"),
    STRIPE_APP_NAME="steadfast",
    REPORTING_CURRENCY="USD",
    TIME_ZONE="America/New_York",
    REDIS_URL="",
    EMAIL_URL="filemail://",
    LOG_LEVEL="WARNING",
)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{TEST_VAR / 'steadfast.sqlite3'}")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

if not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
elif "STEADFAST_BENCHMARK" not in os.environ:
    # A file and not memory: threads and other processes must see it. Nothing here must survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SIGN_IN_SECONDS = 0
# In the caller's process, at once. Tests of the worker itself choose `django_tasks_db.DatabaseBackend`.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Something to sell that belongs to no offering.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.offering"]  # noqa: F405
# Each client loads the middleware anew, and there are thousands of clients.
FINDING = {"whitenoise.middleware.WhiteNoiseMiddleware": "tests.static_files.FoundOnce"}
MIDDLEWARE = [FINDING.get(name, name) for name in MIDDLEWARE]  # noqa: F405
# Tests fill in forms in no time and from one address; those of the guard take the real values back.
GUARD_SECONDS_TO_FILL_IN = 0
GUARD_CHECKOUTS_PER_ADDRESS = 200
GUARD_CHECKOUTS_ON_SITE = 200
