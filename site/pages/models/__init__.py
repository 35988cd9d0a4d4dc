"""The website's rows: pages, the brand, and the files that pages show."""

from __future__ import annotations

from pages.models.brand import Brand
from pages.models.consents import Consent, PrivateName
from pages.models.files import SiteDocument, SiteImage, SiteRendition
from pages.models.pages import HomePage, StandardPage

__all__ = ["Brand", "Consent", "HomePage", "PrivateName", "SiteDocument", "SiteImage", "SiteRendition", "StandardPage"]
