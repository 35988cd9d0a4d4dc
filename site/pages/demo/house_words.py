"""The pages below the home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.demo.blocks import (
    Block,
    call_to_action,
    card,
    cards,
    feature,
    link,
    numbers,
    offer,
    picture,
    questions,
    quote,
    text,
)

if TYPE_CHECKING:
    from pages.demo.words import Materials


def what_we_do(use: Materials) -> list[Block]:
    return [
        feature(
            title="A home, and somebody who stays",
            text=(
                "<p>We rent eleven flats across the city, in ordinary streets. People choose their own "
                "furniture, keep "
                "their own key and decide who knows the address.</p><p>One caseworker stays with each person: at the "
                "doctor, at the immigration office, at the first parents’ evening.</p>"
            ),
            image=use.picture("homes"),
        ),
        feature(
            title="A workshop that pays properly",
            text=(
                "<p>Bags, aprons and table linen, cut and sewn by the harbour. Wages start at the local living "
                "wage and "
                "are the same for everybody who does the same work.</p><p>What the shop earns pays the makers first, "
                "then the rent, then more looms. We publish all three.</p>"
            ),
            image=use.picture("workshop"),
            side="start",
        ),
        feature(
            title="Training with a door at the end",
            text=(
                "<p>Our courses are open to all. Those who pay the full fee make seats possible for those who "
                "cannot; "
                "in class nobody can tell which is which.</p><ul><li>Bookkeeping for small organisations</li>"
                "<li>Pattern making and tailoring</li><li>Web pages from the beginning</li></ul>"
            ),
            image=use.picture("classroom"),
        ),
        quote("Help that ends too early is only a pause.", "The first line of our plan, written in 2009"),
        call_to_action(
            title="Make the next year certain",
            text="Members let us sign a lease for three years instead of six months.",
            links=[use.link("Become a member", "support-us")],
        ),
    ]


def where_the_money_goes(use: Materials) -> list[Block]:
    return [
        feature(
            title="One book for everything",
            text=(
                "<p>Memberships, gifts, the shop and the courses all end in one ledger. An entry says how much "
                "moved, "
                "from where, to where, and when. It always names both sides, so the books cannot be out of "
                "balance.</p>"
                "<p>Entries are never changed or deleted. If something was wrong, a second entry takes the first one "
                "back, and both stay readable.</p>"
            ),
            image=use.picture("ledger"),
        ),
        cards(
            title="What happens to your payment",
            items=[
                card("1. It arrives", "<p>You pay on our payment provider’s page. We never see your card number.</p>"),
                card(
                    "2. It is written down once",
                    "<p>The amount goes into the ledger whole. The provider’s fee is an entry of its own.</p>",
                ),
                card(
                    "3. You get your receipt",
                    "<p>It says how much is tax-deductible, and what you received in return.</p>",
                ),
                card(
                    "4. It is checked",
                    "<p>Every night the ledger is compared with the provider’s records, to the cent.</p>",
                ),
            ],
        ),
        text(
            "<h2>What is tax-deductible, and what is not</h2>"
            "<p>A gift is. A purchase is not, even from a charity: you received its worth. A membership can be both. "
            "If a membership costs $150 and comes with things worth $12, then $138 of it is a contribution.</p>"
            "<p>We work that out before you pay and show it beside the price, so there is no surprise in April.</p>"
            "<h2>Money with a purpose</h2>"
            "<p>A gift for bursaries can only pay for bursaries. Such funds are kept apart in the same book, "
            "and their "
            "balance is public in our yearly report.</p>"
        ),
        numbers(
            title="Last year, out of every ten dollars",
            items=[
                ("$6.10", "came from what we sell and teach"),
                ("$2.70", "came from members and givers"),
                ("$1.20", "came from grants"),
                ("$8.40", "was spent on programmes"),
            ],
            source="Harbour Light annual review 2025, a fictional report.",
        ),
        questions(
            "Questions people ask",
            [
                (
                    "Do you take a share for administration?",
                    "<p>Rent, software and the audit cost money, and we say how much. Fees of the payment "
                    "provider are shown separately from our own costs.</p>",
                ),
                (
                    "What if you get an amount wrong?",
                    "<p>We correct it with a new entry and replace your receipt. The old one stays on record "
                    "as void, with a link to the new one.</p>",
                ),
                (
                    "Can I have my money back?",
                    "<p>Yes. Write to us within 30 days. A refunded gift can no longer be deducted, so its "
                    "receipt becomes void.</p>",
                ),
            ],
        ),
    ]


def stories(use: Materials) -> list[Block]:
    return [
        picture(use.picture("together")),
        text(
            "<h2>Why you find no survivor’s story here yet</h2>"
            "<p>Stories move people to give. They can also hurt the person they are about, years later, when an "
            "employer or a child finds them. So we ask for more than a signature.</p>"
            "<ul><li>Only people who left our support at least a year ago can share a story here.</li>"
            "<li>They read every word and choose every picture, and are paid for their time.</li>"
            "<li>Consent names the places a story may appear and ends by itself after three years at the latest.</li>"
            "<li>It can be taken back at any time, without a reason. Then the story is gone from this site the "
            "same day.</li></ul>"
            "<p>Until somebody wants to, this page stays as it is. We think that is a good sign.</p>"
            "<h2>What we can tell you</h2>"
            "<p>How the workshop is doing, what the courses teach, what a year of support costs. For that, "
            "read on here:</p>"
        ),
        call_to_action(
            title="The work itself",
            text="Homes, wages and courses, described by the people who run them.",
            links=[use.link("What we do", "what-we-do"), use.link("Where the money goes", "where-the-money-goes")],
        ),
    ]


def about(use: Materials) -> list[Block]:
    return [
        feature(
            title="Who we are",
            text=(
                "<p>Harbour Light began in 2009 with one flat and two sewing machines. Today we are 23 "
                "employees, nine of "
                "whom have survived trafficking themselves. Three of them sit on our board of seven.</p>"
                "<p>We are independent of any government and faith, and work with all who share our aim.</p>"
            ),
            image=use.picture("together"),
        ),
        cards(
            title="What we hold to",
            items=[
                card("Choice", "<p>Nobody has to work, learn, pray or speak to be supported by us.</p>"),
                card("Fairness", "<p>Work is paid. Expertise from experience is paid as expertise.</p>"),
                card("Quiet", "<p>No faces, no addresses, no details. Safety comes before publicity.</p>"),
                card(
                    "Open books", "<p>Anybody may ask where a dollar went, and get an answer with a number in it.</p>"
                ),
            ],
        ),
    ]


def support_us(use: Materials) -> list[Block]:
    return [
        offer(kind="membership.tiers"),
        offer(
            kind="membership.gift",
            title="Or give what suits you",
            text="Once, or as often as you like. In your own name, for a company, or in memory of somebody.",
            reference="support-us",
        ),
        offer(
            kind="membership.campaigns",
            title="What we are raising for now",
            text="Each bar counts what has arrived, and nothing else.",
        ),
        feature(
            title="What members make possible",
            text=(
                "<p>Grants pay for projects and end with them. Members pay for Tuesday: the caseworker’s salary, the "
                "heating, the second attempt at an exam.</p><p>You can change or end a membership yourself at "
                "any time, "
                "in your account, in two steps and without a call.</p>"
            ),
            image=use.picture("classroom"),
            side="start",
        ),
        questions(
            "Before you join",
            [
                (
                    "Is a membership tax-deductible?",
                    "<p>Mostly. The part that pays for something you receive is not. The next page shows both "
                    "amounts before you pay.</p>",
                ),
                ("What appears on my bank statement?", "<p>Only our short name. No word about the work we do.</p>"),
                (
                    "Do I need a password?",
                    "<p>No. To look at your receipts you ask for a code, and we mail it to you.</p>",
                ),
            ],
        ),
    ]


def contact(use: Materials) -> list[Block]:
    return [
        text(
            "<h2>If you need help now</h2>"
            "<p>In danger: call <b>911</b> (United States) or your local emergency number.</p>"
            "<p>The National Human Trafficking Hotline answers day and night in more than 200 languages: "
            "<b>1-888-373-7888</b>, or text <b>233733</b>. It is independent of us and of the police.</p>"
            "<p>If somebody may look at your phone or computer, use a device they cannot reach. Your browser keeps a "
            "list of the pages you visited.</p>"
            "<h2>Reach us</h2>"
            "<p>18 Lantern Wharf, Portland, Maine 04101<br/>(207) 555-0142, Monday to Friday, 9 to 5<br/>"
            '<a href="mailto:hello@harbourlight.example">hello@harbourlight.example</a></p>'
            "<p>Tell us if it is not safe to call or write back, and how we should answer instead.</p>"
        ),
        questions(
            "About memberships and receipts",
            [
                (
                    "I lost a receipt",
                    '<p>All your receipts are in <a href="/account/">My account</a>. Sign in with the address '
                    "you paid with.</p>",
                ),
                (
                    "My name or address has changed",
                    "<p>Write to us. Receipts already issued stay as they were; the next one carries the new "
                    "address.</p>",
                ),
                (
                    "I think I was charged twice",
                    "<p>Write to us with the date. You will hear from a person within one working day.</p>",
                ),
            ],
        ),
        call_to_action(
            title="Visit the workshop",
            text="Open house on the first Saturday of each month. Please leave cameras in your bag.",
            links=[link("Write to us", address="mailto:hello@harbourlight.example")],
        ),
    ]


def privacy(use: Materials) -> list[Block]:
    return [
        text(
            "<h2>What we keep</h2>"
            "<ul><li><b>If you pay or give:</b> name, address, e-mail address, amounts and dates. The law "
            "makes us keep "
            "receipts for seven years.</li>"
            "<li><b>If you sign in:</b> your e-mail address and the time of your last visit.</li>"
            "<li><b>If you only read:</b> nothing that names you.</li></ul>"
            "<h2>What we never do</h2>"
            "<ul><li>No tracking, no advertising, no content from other companies on these pages.</li>"
            "<li>We do not sell, swap or rent addresses.</li>"
            "<li>We never see or store card numbers. Our payment provider, Stripe, does that for us.</li>"
            "<li>Pictures lose their place, date and camera details when they are uploaded.</li></ul>"
            "<h2>Cookies</h2>"
            "<p>One keeps you signed in, one protects forms. Both are needed and neither follows you.</p>"
            "<h2>Your rights</h2>"
            "<p>Ask us what we hold about you, and have it corrected or erased. What tax law makes us keep is locked "
            "away until its time is over, and then deleted.</p>"
        ),
    ]
