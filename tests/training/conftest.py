from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from wagtail.models import Site

from receipts.models import Issuer
from tests.training.enrolling import Trainee
from tests.training.rows import make_course, make_index, make_session
from training.models import CoursePage, Session, TrainingIndexPage

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.fixture
def index(db: None) -> TrainingIndexPage:
    """An empty list of courses and events below the site's root page, at /training/."""
    return make_index(Site.objects.get(is_default_site=True).root_page)


@pytest.fixture
def course(index: TrainingIndexPage) -> CoursePage:
    return make_course(index)


@pytest.fixture
def session(course: CoursePage) -> Session:
    """Five seats at $90.00, a month from now."""
    return make_session(course)


@pytest.fixture
def trainee(connected_sandbox: Sandbox, db: None) -> Trainee:
    """A guest who books seats. The sandbox holds its webhooks back; the test decides what arrives, and when."""
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return Trainee(sandbox=connected_sandbox, client=Client())
