"""How editors see a shop's pages."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page

VARIANT = [
    FieldRowPanel([FieldPanel("sku"), FieldPanel("first_value"), FieldPanel("second_value")]),
    FieldRowPanel([FieldPanel("price"), FieldPanel("maker_pay"), FieldPanel("materials_cost")]),
    FieldRowPanel([FieldPanel("sale_price"), FieldPanel("sale_starts"), FieldPanel("sale_ends")]),
    FieldRowPanel([FieldPanel("weight"), FieldPanel("is_offered")]),
]

PRODUCT = [
    FieldPanel("title"),
    FieldPanel("summary"),
    InlinePanel("pictures", heading="Pictures", label="picture", panels=[FieldPanel("image"), FieldPanel("alt")]),
    InlinePanel("product_categories", heading="Categories", label="category", panels=[FieldPanel("category")]),
    FieldPanel("description"),
    MultiFieldPanel(
        [FieldPanel("maker"), FieldPanel("provenance"), FieldPanel("materials"), FieldPanel("care")],
        heading="How it was made",
    ),
    InlinePanel(
        "related_products",
        heading="Related products",
        help_text="Where none is chosen, others of the same category are shown.",
        label="product",
        panels=[FieldPanel("related")],
        max_num=8,
    ),
]

SALE = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("first_option"), FieldPanel("second_option")]),
            FieldPanel("made_to_order_days"),
        ],
        heading="What there is to choose",
    ),
    InlinePanel("variants", heading="Variants", label="variant", panels=VARIANT, min_num=1, max_num=100),
    InlinePanel(
        "member_prices",
        heading="Prices for members",
        help_text="Taken off the price, not off a sale’s: members pay the lower of the two.",
        label="price for members",
        panels=[FieldRowPanel([FieldPanel("group"), FieldPanel("percent_off")])],
    ),
    MultiFieldPanel([FieldRowPanel([FieldPanel("purpose"), FieldPanel("tax_category")])], heading="For the books"),
]

PRODUCT_TABS = TabbedInterface(
    [
        ObjectList(PRODUCT, heading="Product"),
        ObjectList(SALE, heading="Variants and prices"),
        ObjectList(Page.promote_panels, heading="Promote"),
    ]
)

SHOP_PANELS = [*Page.content_panels, FieldPanel("introduction")]
