"""What the demo's pages say. Nobody in them is real, and no survivor's story is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from pages.demo import house_words
from pages.demo.blocks import Block, call_to_action, card, cards, feature, hero, link, numbers, offer, quote
from pages.models import SiteImage

TAGLINE = "Long-term support, fair work and training for people who have survived trafficking."

BRAND = {
    "name": "Harbour Light",
    "tagline": TAGLINE,
    "mission": (
        "We stand beside people who have survived trafficking for as long as they want us to: with a home, "
        "with fair work and with training that leads somewhere."
    ),
    "contact": "Harbour Light\n18 Lantern Wharf\nPortland, Maine 04101\n\n(207) 555-0142, Monday to Friday, 9 to 5",
    "email": "hello@harbourlight.example",
    "footer": (
        "Harbour Light is a fictional charity, made to show how this website works. "
        "Its address, figures and staff do not exist."
    ),
}

PICTURES = {
    "harbour": "Harbour at dawn",
    "workshop": "The workshop",
    "classroom": "A class",
    "homes": "Homes at night",
    "ledger": "The open book",
    "together": "On the harbour wall",
}
DESCRIPTIONS = {
    "harbour": "A lighthouse above a calm harbour at dawn, with small sailing boats.",
    "workshop": "A sewing machine on a long table, fabric on shelves and a window to the sea.",
    "classroom": "Four people seen from behind at a table, looking at a rising chart on a board.",
    "homes": "A row of colourful houses with lit windows at night; two people walk up the path.",
    "ledger": "An open account book under a lamp, with a cup of coffee beside it.",
    "together": "Five people seen from behind on a harbour wall, looking at the sunrise.",
}

PAGES: dict[str, dict[str, Any]] = {
    "what-we-do": {
        "title": "What we do",
        "introduction": "Rescue makes the news. What comes after takes years, and that is where we work.",
        "in_menu": True,
    },
    "where-the-money-goes": {
        "title": "Where the money goes",
        "introduction": "Every amount we receive is written down once, in a book that cannot be changed afterwards.",
        "in_menu": True,
    },
    "stories": {
        "title": "Stories",
        "introduction": "A story belongs to the person who lived it. So this page begins with a promise.",
        "in_menu": True,
    },
    "about": {
        "title": "About us",
        "introduction": "A small team in a working harbour, led in part by people who have survived trafficking.",
        "in_menu": True,
    },
    "support-us": {
        "title": "Support us",
        "introduction": "Members are the part of our income we can plan with. That is what makes years of "
        "support possible.",
        "in_menu": False,
    },
    "contact": {
        "title": "Contact and help",
        "introduction": "How to reach us, and where to find help now for yourself or somebody else.",
        "in_menu": False,
    },
    "privacy": {
        "title": "Privacy",
        "introduction": "What we keep about you, why, for how long, and what we never do.",
        "in_menu": False,
    },
}


@dataclass(frozen=True)
class Materials:
    """The pictures and pages that the bodies point to."""

    pictures: dict[str, SiteImage]
    pages: dict[str, Page]

    def picture(self, name: str) -> Block:
        return {"image": self.pictures[name].pk, "decorative": False, "alt_text": DESCRIPTIONS[name]}

    def link(self, label: str, slug: str) -> Block:
        return link(label, page=self.pages[slug].pk)


def home(use: Materials) -> list[Block]:
    return [
        hero(
            title="A safe place to stay. Work that is fair.",
            text=(
                "Harbour Light stands beside people who have survived trafficking: with a home, paid work and "
                "training, for years and not for weeks."
            ),
            image=use.picture("harbour"),
            links=[use.link("Become a member", "support-us"), use.link("See what we do", "what-we-do")],
        ),
        cards(
            title="Three things that last",
            text="Freedom is a beginning. These are what people tell us they need to keep it.",
            items=[
                card(
                    "A home to come back to",
                    "<p>A room with a key of one’s own, a caseworker who stays the same, and time.</p>",
                    use.picture("homes"),
                    use.link("Long-term support", "what-we-do"),
                ),
                card(
                    "Fair, paid work",
                    "<p>In our workshop people earn a living wage from the first day, and set their own hours.</p>",
                    use.picture("workshop"),
                    use.link("The workshop", "what-we-do"),
                ),
                card(
                    "Training that leads on",
                    "<p>Courses in bookkeeping, tailoring and digital trades, taught at evening and weekend hours.</p>",
                    use.picture("classroom"),
                    use.link("The courses", "what-we-do"),
                ),
            ],
        ),
        numbers(
            title="Seventeen years of staying",
            items=[
                ("412", "people supported since 2009"),
                ("61", "in fair paid work with us today"),
                ("3½ years", "is how long support usually lasts"),
                ("9 of 10", "still have their home two years later"),
            ],
            source="Harbour Light annual review 2025, a fictional report.",
        ),
        quote(
            "We do not ask what happened. We ask what you want to do next.",
            "The first of our house rules",
        ),
        offer(
            title="Choose how you stand with us",
            text="Members give every month or every year. You see how much of it is tax-deductible before you pay.",
            kind="membership.tiers",
        ),
        feature(
            title="You can follow every dollar",
            text=(
                "<p>Each payment is written into our books once, the day it arrives. From those same books come your "
                "receipt, our reports and the figures on this site, so they cannot disagree.</p>"
            ),
            image=use.picture("ledger"),
            links=[use.link("Where the money goes", "where-the-money-goes")],
            side="start",
        ),
        call_to_action(
            title="Keep the light on",
            text="Fifteen dollars a month pay for one evening of training, with a meal and child care.",
            links=[use.link("Become a member", "support-us"), link("Give once", address="/give/")],
        ),
    ]


BODIES: dict[str, Callable[[Materials], list[Block]]] = {
    "home": home,
    "what-we-do": house_words.what_we_do,
    "where-the-money-goes": house_words.where_the_money_goes,
    "stories": house_words.stories,
    "about": house_words.about,
    "support-us": house_words.support_us,
    "contact": house_words.contact,
    "privacy": house_words.privacy,
}
