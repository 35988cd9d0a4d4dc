"""What the shop's listing costs with 5,000 products and 20,000 variants, beside a view that does nothing at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from statistics import median
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from pages.demo import build_site
from shop.models import ProductPage
from tests.benchmarks.frame import Size, benchmark
from tests.shop.many import make_many
from tests.shop.rows import add_picture, make_shop_page

PRODUCTS = 5_000
# Pictures of as many as stand on the pages that are measured: it is no measurement of drawing.
PICTURES = 200
ROUNDS = 40
MOST_QUERIES = 12
FILTERED = "category=category-1&colour=Green&price-from=5&price-to=99&in-stock=1&sort=price"


def request(path: str, query: str = "") -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": settings.ALLOWED_HOSTS[0],
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def cpu_seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def count_queries(act: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as asked:
        act()
    if len(asked) > MOST_QUERIES:
        raise RuntimeError(f"The listing takes {len(asked)} queries with {PRODUCTS:,} products, not {MOST_QUERIES}.")


def ratio_of(query: str) -> float:
    """Processor time of one request through all middleware, over that of an empty view through the same."""
    with override_settings(ROOT_URLCONF="tests.benchmarks.urls_under_load"):
        application = get_wsgi_application()

        def ask(path: str, asked: str = "") -> None:
            answered: list[str] = []
            answer = application(request(path, asked), lambda status, headers, *_: answered.append(status))
            body = b"".join(answer)
            answer.close()
            if not answered[0].startswith("200") or (path == "/shop/" and b"product-card" not in body):
                raise RuntimeError(f"{path}?{asked} answered {answered[0]} without products.")

        def many_empty() -> None:
            # One alone is over before the clock ticks.
            for _ in range(50):
                ask("/empty/")

        for _ in range(3):
            ask("/shop/", query)
            ask("/empty/")
        count_queries(lambda: ask("/shop/", query))
        ours = [cpu_seconds(lambda: ask("/shop/", query)) for _ in range(ROUNDS)]
        empty = [cpu_seconds(many_empty) / 50 for _ in range(ROUNDS)]
        return median(ours) / median(empty)


def fill() -> None:
    shop = make_shop_page(build_site())
    make_many(shop, PRODUCTS)
    for product in ProductPage.objects.order_by("pk")[:PICTURES]:
        add_picture(product)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@benchmark(
    name="shop listing with filters, 20,000 variants, CPU",
    against="an empty view through the same middleware",
    goal=400,
    better="lower",
)
def filtered_listing(size: Size) -> float:
    fill()
    return ratio_of(FILTERED)


@benchmark(
    name="shop listing searched, 20,000 variants, CPU",
    against="an empty view through the same middleware",
    goal=400,
    better="lower",
)
def searched_listing(size: Size) -> float:
    fill()
    return ratio_of(f"{FILTERED}&q=green")
