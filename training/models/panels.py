"""How editors see courses, events and lessons."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page

INDEX = [*Page.content_panels, FieldPanel("introduction")]

PICTURE = MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading="Picture")
RULES = [FieldPanel("refund_rules"), FieldPanel("tax_category")]

COURSE = [
    FieldPanel("title"),
    FieldPanel("summary"),
    PICTURE,
    FieldPanel("body"),
    FieldPanel("outcomes"),
    FieldRowPanel([FieldPanel("level"), FieldPanel("audience")]),
    InlinePanel("prerequisites", heading="Needed before", label="course", panels=[FieldPanel("needs")]),
]
CERTIFICATE = MultiFieldPanel(
    [FieldRowPanel([FieldPanel("hours"), FieldPanel("least_attendance")]), FieldPanel("needs_all_lessons")],
    heading="Certificate",
)
COURSE_TABS = TabbedInterface(
    [
        ObjectList(COURSE, heading="Course"),
        ObjectList([*RULES, CERTIFICATE], heading="Rules"),
        ObjectList(Page.promote_panels, heading="Promote"),
    ]
)

EVENT = [FieldPanel("title"), FieldPanel("kind"), FieldPanel("summary"), PICTURE, FieldPanel("body")]
EVENT_TABS = TabbedInterface(
    [
        ObjectList(EVENT, heading="Event"),
        ObjectList(RULES, heading="Rules"),
        ObjectList(Page.promote_panels, heading="Promote"),
    ]
)

LESSON = [
    *Page.content_panels,
    FieldRowPanel([FieldPanel("minutes"), FieldPanel("is_preview")]),
    FieldPanel("body"),
]
