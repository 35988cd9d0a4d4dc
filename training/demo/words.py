"""What the demo teaches. Prices are whole units of the currency, days are counted from today; nobody in it is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

INTRODUCTION = (
    "Courses that lead to work, evenings that pay for them, and an hour in which you learn what to look for. Nobody is "
    "kept out by a price."
)
NEW_YORK, LONDON = "America/New_York", "Europe/London"
TRAINERS = {
    "Ines Marlow": "Cut patterns for a theatre for twenty years, and now teaches how to live from it.",
    "Tom Adeyemi": "Teaches English for work, to people who have three jobs and one free evening.",
}
# Until so many days before, this part goes back.
REFUNDS = {14: 100, 3: 50}
MOVE_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Seat:
    name: str = "Seat"
    price: int
    early: int | None = None
    lowest: int | None = None
    worth: int | None = None
    quota: int | None = None
    detail: str = ""
    members: int = 0


@dataclass(frozen=True, kw_only=True)
class Dates:
    """One session. ``begins`` in so many days, on the next such day of the week; then once a week."""

    key: str
    begins: int
    weekday: int
    start: time
    end: time
    tickets: tuple[Seat, ...]
    days: int = 1
    seats: int = 12
    name: str = ""
    zone: str = NEW_YORK
    place: str = "Portland, Maine"
    address: str = "18 Lantern Wharf, Portland"
    is_online: bool = False
    language: str = "en"
    trainer: str = ""
    takes_applications: bool = False


@dataclass(frozen=True, kw_only=True)
class Lesson:
    title: str
    minutes: int
    body: str
    is_preview: bool = False


@dataclass(frozen=True, kw_only=True)
class About:
    """A course or, with a kind, an event."""

    slug: str
    title: str
    summary: str
    picture: str
    body: str
    dates: tuple[Dates, ...]
    kind: str = ""
    level: str = "beginners"
    audience: str = ""
    outcomes: str = ""
    hours: str = ""
    lessons: tuple[Lesson, ...] = field(default_factory=tuple)


SEWING = (Seat(price=240, early=200, members=10, detail="Cloth and thread are included."),)
OWN_PRICE = (Seat(price=60, lowest=10, detail="Whoever can pays for somebody who can’t."),)
GALA = (
    Seat(name="Dinner", price=150, worth=60, detail="Three courses, a glass, and music by the harbour band."),
    Seat(name="Table of eight", price=1200, worth=480, quota=6, detail="For companies and for friends."),
)
WEBINAR = (Seat(price=12, members=100),)
WALK = (Seat(price=25), Seat(name="Under 16", price=0, detail="With somebody grown up."))

TRAINING = (
    About(
        slug="sewing-for-a-living",
        title="Sewing for a living",
        summary="Four Saturdays from the first straight seam to a bag that somebody buys.",
        picture="The workshop",
        audience="People who want to earn with their hands. No machine and no certificate needed.",
        body="<p>You sew on the machines of our workshop, in a group of twelve at most. The last day is about money: "
        "what a bag costs, what to ask for it, and how to write an invoice.</p>",
        outcomes="<ul><li>Sew a lined bag from a pattern</li><li>Mend and thread any machine</li>"
        "<li>Price what you make, and say no to a bad order</li></ul>",
        hours="16",
        lessons=(
            Lesson(
                title="Your machine",
                minutes=12,
                is_preview=True,
                body="<p>Switch it off before you touch the needle. Then look at it from the left: this is the way "
                "that the thread goes.</p><h2>Three things to check</h2><ul><li>The needle is sharp and pushed up "
                "to the end</li><li>The foot is down before you sew</li>"
                "<li>The lower thread comes from the right</li></ul>",
            ),
            Lesson(
                title="A straight seam",
                minutes=20,
                body="<p>Look at the edge of the foot and never at the needle. Slow is straight. Sew ten lines on "
                "an old sheet, and keep the first: you will want to see it again in a month.</p>",
            ),
            Lesson(
                title="What a bag costs",
                minutes=25,
                body="<p>Cloth, thread, the machine’s wear, your hours, and the hours in which nobody pays you. Write "
                "all of it down before you name a price.</p>",
            ),
        ),
        dates=(
            Dates(key="sewing-past", begins=-200, weekday=5, start=time(10), end=time(14), days=4, tickets=SEWING,
                  trainer="Ines Marlow"),
            Dates(key="sewing-next", begins=25, weekday=5, start=time(10), end=time(14), days=4, tickets=SEWING,
                  trainer="Ines Marlow", takes_applications=True),
            Dates(key="sewing-full", begins=40, weekday=1, start=time(18), end=time(21), days=4, tickets=SEWING,
                  trainer="Ines Marlow", name="Evening group", seats=2, language="es"),
        ),
    ),
    About(
        slug="english-at-work",
        title="English at work",
        summary="Three evenings online: a letter, a telephone call, and a talk about wages.",
        picture="A class",
        level="some",
        audience="People who speak some English and want to be taken seriously in it.",
        body="<p>We read real contracts, write real letters and rehearse the call that you have put off. You can keep "
        "your camera off and use any name you like.</p>",
        outcomes="<ul><li>Read a work contract</li><li>Ask for what you are owed, in writing</li></ul>",
        hours="6",
        lessons=(
            Lesson(title="Words in a contract", minutes=15, is_preview=True,
                   body="<p>“Notice” is the time between saying it and leaving. It holds for both sides.</p>"),
            Lesson(title="A letter that is answered", minutes=18,
                   body="<p>Say what happened, what you ask for, and until when. Three short paragraphs.</p>"),
        ),
        dates=(
            Dates(key="english-past", begins=-90, weekday=2, start=time(18, 30), end=time(20), days=3, is_online=True,
                  place="", address="", tickets=OWN_PRICE, trainer="Tom Adeyemi"),
            Dates(key="english-next", begins=12, weekday=2, start=time(18, 30), end=time(20), days=3, is_online=True,
                  place="", address="", tickets=OWN_PRICE, trainer="Tom Adeyemi"),
        ),
    ),
    About(
        slug="lantern-gala",
        title="Lantern gala",
        summary="Dinner by the water, and an evening that pays for a year of the night line.",
        picture="Homes at night",
        kind="gala",
        body="<p>We eat, we listen, and nobody is put on a stage to tell what was done to them.</p>",
        dates=(
            Dates(key="gala-past", begins=-305, weekday=5, start=time(19), end=time(23, 30), seats=120, tickets=GALA),
            Dates(key="gala-next", begins=60, weekday=5, start=time(19), end=time(23, 59), seats=120, tickets=GALA),
        ),
    ),
    About(
        slug="spotting-the-signs",
        title="Spotting the signs",
        summary="One hour for people who work in hotels, clinics and schools: what to see, and whom to call.",
        picture="The open book",
        kind="webinar",
        body="<p>No shocking pictures. Four stories that were made up, and what would have helped in each.</p>",
        dates=(
            Dates(key="webinar-next", begins=9, weekday=3, start=time(12), end=time(13), seats=200, is_online=True,
                  place="", address="", tickets=WEBINAR, trainer="Tom Adeyemi"),
            Dates(key="webinar-london", begins=37, weekday=3, start=time(12), end=time(13), seats=200, is_online=True,
                  place="", address="", zone=LONDON, name="From London", tickets=WEBINAR),
        ),
    ),
    About(
        slug="harbour-walk",
        title="Harbour walk",
        summary="Eight kilometres along the water, with tea at the lighthouse.",
        picture="On the harbour wall",
        kind="walk",
        body="<p>Flat, and open to wheelchairs and prams all the way. Dogs are welcome.</p>",
        dates=(
            Dates(key="walk-next", begins=45, weekday=6, start=time(8, 30), end=time(11), seats=80, tickets=WALK,
                  address="The lighthouse, Portland"),
        ),
    ),
)  # fmt: skip
