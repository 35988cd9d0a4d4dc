"""Walking through the site as a person does, with axe and the console looked at on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

from accounts.models import OutgoingMail

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Wagtail's own frame around our staff pages is Wagtail's to mend.
OF_WAGTAIL = {"exclude": [["#wagtail-sidebar"], ["#wagtail"]]}


class Walker:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.troubles: list[str] = []
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def go(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer and answer.status == 200, f"{path}: {answer and answer.status}"
        self.look()

    def look(self, part: str = "html") -> None:
        """Nothing that axe finds, nothing that the browser complains of."""
        found = Axe().run(self.page, context=part).response["violations"]
        faults = [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]
        assert faults == [], f"{self.page.url}: {faults}"
        assert self.troubles == [], f"{self.page.url}: {self.troubles}"

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.look()

    def reads(self, *texts: str) -> None:
        shown = " ".join(self.page.inner_text("main").split())
        for text in texts:
            assert text in shown, f"{self.page.url} does not say {text!r}: {shown[:1500]}"

    def code_from_mail(self, address: str) -> str:
        """The code in the newest mail to somebody."""
        mail = OutgoingMail.objects.filter(to=address).order_by("-pk")[0]
        found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.text, re.MULTILINE)
        assert found, mail.text
        return found.group(1)
