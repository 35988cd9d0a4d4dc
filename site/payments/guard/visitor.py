"""Who asks, as keys to count by: keyed hashes that nobody can turn back and that change every day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, kw_only=True)
class Visitor:
    address: str
    # Empty in a browser that has no session yet.
    session: str
    email: str


def visitor_of(request: HttpRequest, email: str, now: datetime) -> Visitor:
    session = request.session.session_key
    return Visitor(
        address=address_key(request, now),
        session=key_of("session", session, now) if session else "",
        email=key_of("email", email.strip().lower(), now),
    )


def address_key(request: HttpRequest, now: datetime) -> str:
    return key_of("address", network_of(client_address(request)), now)


def key_of(kind: str, value: str, now: datetime) -> str:
    return salted_hmac(f"payments.guard.{kind}.{now:%Y-%m-%d}", value, algorithm="sha256").hexdigest()


def client_address(request: HttpRequest) -> str:
    """The address that our outermost trusted proxy saw; what stands further left, the visitor may have made up."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return seen
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else seen


def network_of(address: str) -> str:
    """One customer of a provider: an IPv4 address, or the /64 that one line of IPv6 gets."""
    try:
        parsed = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        # All that is no address shares one count.
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> 64:x}"
