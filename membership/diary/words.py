"""What the diary says. The workshop is made up, and so is everybody in it."""

from __future__ import annotations

from pages.demo.blocks import Block, members, picture, quote, text

TITLE = "From the workshop"
TEASER = (
    "<p>What is on the cutting table this month, what went wrong, and what somebody made for the first time. Written "
    "by the people who work there, for the people who keep the workshop open.</p>"
)
DESCRIPTION = "A diary from our workshop, written by the people who work there, for our members."
PICTURE = "On the cutting table"
PICTURE_DESCRIPTION = "A linen apron laid out for cutting, with scissors, a tape measure, pins, thread and a coffee."
PATTERN = "A work apron, to cut and sew"

PATTERN_PAGE = "The pattern book"
PATTERN_TEASER = (
    "<p>Every pattern that leaves our cutting table, with its measures and the order in which we sew. To print and to "
    "pass on.</p>"
)
PATTERN_DESCRIPTION = "The patterns from our workshop, to print and to sew."


def diary(picture_pk: int) -> list[Block]:
    image = {"image": picture_pk, "decorative": False, "alt_text": PICTURE_DESCRIPTION}
    return [
        text(
            "<h2>The week of the linen</h2><p>The bolt arrived on Tuesday, heavier than two people had reckoned with. "
            "By Wednesday it was washed, by Thursday it had shrunk by exactly the inch that we had not allowed for, "
            "and on Friday we laughed about it and drew the pattern anew.</p>"
        ),
        picture(image, "The new apron, before the first cut."),
        text(
            "<p>It has one wide pocket now instead of two narrow ones. The seam down its middle was the idea of "
            "somebody who has been with us for three weeks, and it is the best part of it: chalk on the left, "
            "scissors on the right, and nothing falls out when you bend over the machine.</p>"
        ),
        quote("I sewed that seam four times. The fourth one stays.", "Said at the table by the window"),
        text(
            "<h2>What we learned to say</h2><p>“That is not straight yet” is a sentence about a seam. It took us a "
            "while to hear it that way. There is a jar on the shelf now: whoever says sorry for a seam puts a button "
            "in. It is nearly full, and we will sew them all onto one coat.</p>"
        ),
    ]


def pattern_page(document_pk: int) -> list[Block]:
    return [
        text(
            "<h2>The apron</h2><p>One size, with a bib and one wide pocket: an evening for two people who talk while "
            f'they sew. <a linktype="document" id="{document_pk}">The pattern, to print</a>.</p>'
        )
    ]


def part_of_a_page(diary_pk: int) -> Block:
    """On a page that everybody reads: a teaser, and for members what it hints at."""
    return members(
        teaser="<p><b>What a day in the workshop costs.</b> Members get the figures every month, line by line, with "
        "what surprised us.</p>",
        body=[
            text(
                "<h2>What a day in the workshop costs</h2><ul><li>Wages for nine people, with insurance: $1,164</li>"
                "<li>Linen, thread, needles: $138</li><li>Rent, light, heating: $96</li>"
                "<li>Soup: $31. It has doubled since the spring, because more people stay to eat.</li></ul>"
                f'<p>More of this stands in <a linktype="page" id="{diary_pk}">the diary from the workshop</a>.</p>'
            )
        ],
    )
