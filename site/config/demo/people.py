"""Supporters who do not exist, drawn with a seed: the same demo every time."""

from __future__ import annotations

from random import Random

from config.demo_logins import DemoLogin

FIRST = (
    "Amara", "Benedikt", "Chiara", "Dagny", "Emeka", "Fatima", "Gwen", "Hana", "Ines", "Jonas", "Kavya", "Leif",
    "Mirela", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samuel", "Tomasz", "Uma", "Viktor", "Wanjiru", "Ximena",
    "Yusuf", "Zoe",
)  # fmt: skip
LAST = (
    "Abara", "Bergstrom", "Castellano", "Demir", "Eriksen", "Fontaine", "Grabowska", "Halloran", "Iyer", "Jankovic",
    "Kowalczyk", "Lindholm", "Mbeki", "Novak", "Osei", "Pereira", "Quispe", "Rahman", "Sandoval", "Tanaka", "Ueda",
    "Vasquez", "Whitfield", "Yilmaz", "Zielinski",
)  # fmt: skip
STREETS = ("Harbor Street", "Mill Lane", "Cedar Avenue", "Quarry Road", "Lantern Court", "Orchard Way")
# Town, state, and the first three digits of its postcodes.
PLACES = (
    ("Portland", "ME", "041"), ("Providence", "RI", "029"), ("Albany", "NY", "122"), ("Baltimore", "MD", "212"),
    ("Savannah", "GA", "314"), ("Duluth", "MN", "558"),
)  # fmt: skip


# What a person types into a form: name, email, line1, city, region, postcode, country.
Person = dict[str, str]


def supporter(number: int, dice: Random) -> Person:
    """The supporter with this number; ``example.org`` can't receive mail, so nobody is written to by mistake."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    town, state, prefix = dice.choice(PLACES)
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{number}@example.org".lower(),
        "line1": f"{dice.randint(1, 240)} {dice.choice(STREETS)}",
        "city": town,
        "region": state,
        "postcode": f"{prefix}{dice.randint(0, 99):02d}",
        "country": "US",
    }


def known_member(login: DemoLogin) -> Person:
    """Somebody who can sign in, so that there is an account with a history to look at."""
    return {
        "name": login.name,
        "email": login.email,
        "line1": "12 Lantern Court",
        "city": "Portland",
        "region": "ME",
        "postcode": "04101",
        "country": "US",
    }
