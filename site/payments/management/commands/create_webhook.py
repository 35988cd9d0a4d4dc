"""Creates the webhook endpoint at Stripe and prints the secret that goes into ``.env``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from payments import gateway
from payments.mirror import EVENT_TYPES


class Command(BaseCommand):
    # They would ask for the secret that this command is about to print.
    requires_system_checks: list[str] = []
    help = "Create this site's webhook endpoint at Stripe, with the right events and API version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", help="where Stripe can reach this site; by default BASE_URL")
        parser.add_argument("--force", action="store_true", help="create a second one though the address is taken")

    def handle(self, *args: Any, url: str | None, force: bool, **options: Any) -> None:
        url = url or settings.BASE_URL + reverse("stripe_webhook")
        if settings.STRIPE_MODE == "live" and not url.startswith("https://"):
            raise CommandError(f"Stripe sends live events to https:// addresses only, not to {url}.")
        try:
            endpoint = self._create(url, force)
        except gateway.StripeProblem as error:
            raise CommandError(f"Stripe did not create the endpoint: {error}") from error
        self.stdout.write(f"Created {endpoint.id} for {url} with API version {gateway.API_VERSION}.")
        self.stdout.write("Stripe tells its secret only now. Put this line into .env, then restart:")
        self.stdout.write(f"STRIPE_WEBHOOK_SECRETS={endpoint.secret}")

    def _create(self, url: str, force: bool) -> Any:
        taken = [endpoint.id for endpoint in gateway.list_webhook_endpoints() if endpoint.url == url]
        if taken and not force:
            raise CommandError(
                f"{taken[0]} already sends to {url}. To replace its secret, roll it in Stripe's dashboard; "
                "to create a second endpoint, add --force."
            )
        return gateway.create_webhook_endpoint(url=url, events=EVENT_TYPES)
