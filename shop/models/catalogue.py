"""What is in the shop: pages of products, and the variants that a customer can buy of each.

What changes with every order (``Stock``) is kept apart: publishing a page writes its variants anew, as they were when
the draft was saved.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from pages.addresses import ask_again, without_empty
from pages.gated_pages import SeenAtOnce
from pages.member_group import MemberGroupField
from payments.card_amounts import StoredCardAmountField
from receipts.amounts import StoredAmountField
from shop.catalogue.page_form import ProductForm
from shop.models import panels
from shop.models.variants_stay import VariantsStay

# Stripe takes at most eight digits of minor units in one payment.
MOST = 99_999_999
TEXT_FEATURES = ["bold", "italic", "link", "ul"]


class Purpose(models.TextChoices):
    """Whether selling it serves the organisation's purpose by itself, as tax offices ask."""

    RELATED = "related", "Related to our purpose"
    UNRELATED = "unrelated", "Unrelated to our purpose"


class Category(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    class Meta:
        ordering = ["order", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class ShopPage(SeenAtOnce, Page):
    """The shop's front: all products, to be filtered and searched."""

    introduction = models.TextField(blank=True, max_length=500)

    template = "shop/shop_page.html"
    subpage_types = ["shop.ProductPage"]
    content_panels = panels.SHOP_PANELS
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "shop"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without the empty answers of its form in the address. Prices and stock are true now: no cache keeps it."""
        if (short := without_empty(request.GET)) is not None:
            return redirect(f"{request.path}{short}")
        return ask_again(super().serve(request, *args, **kwargs))

    @property
    def currency(self) -> str:
        return str(settings.REPORTING_CURRENCY)


class ProductPage(SeenAtOnce, VariantsStay):
    """A product: what it is, who made it from what, and how to care for it. Its variants are what is bought."""

    summary = models.CharField(max_length=200, help_text="One sentence for the listing and for search engines.")
    description = RichTextField(blank=True, features=TEXT_FEATURES)
    provenance = models.TextField(blank=True, help_text="Where and how it was made, without a place that can be found.")
    materials = models.CharField(max_length=200, blank=True)
    care = models.TextField(blank=True)
    maker = models.ForeignKey(
        "shop.Maker", on_delete=models.PROTECT, null=True, blank=True, related_name="products",
        help_text="Who is paid for each one sold.",
    )  # fmt: skip
    made_to_order_days = models.PositiveSmallIntegerField(
        "days to make it",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="For what is made when it is ordered: it is never out of stock. Leave empty for what lies ready.",
    )
    first_option = models.CharField(max_length=30, blank=True, help_text="What variants differ in, such as Colour.")
    second_option = models.CharField(max_length=30, blank=True, help_text="A second difference, such as Size.")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.RELATED)
    tax_category = models.SlugField(max_length=30, default="standard", help_text="A category of the tax rates.")

    template = "shop/product_page.html"
    parent_page_types = ["shop.ShopPage"]
    subpage_types: list[str] = []
    base_form_class = ProductForm
    edit_handler = panels.PRODUCT_TABS
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("description"),
        index.SearchField("provenance"),
        index.SearchField("materials"),
        index.RelatedFields("variants", [index.SearchField("sku"), index.SearchField("first_value")]),
    ]

    class Meta:
        verbose_name = "product"
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_option="") | Q(second_option=""), name="no_second_option_without_a_first"
            ),
        ]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask_again(super().serve(request, *args, **kwargs))

    @property
    def is_made_to_order(self) -> bool:
        return self.made_to_order_days is not None

    @property
    def currency(self) -> str:
        return str(settings.REPORTING_CURRENCY)


class ProductPicture(Orderable):
    product = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey("pages.SiteImage", on_delete=models.CASCADE, related_name="+")
    alt = models.CharField("description", max_length=200, help_text="What the picture shows, for who cannot see it.")

    def __str__(self) -> str:
        return self.alt


class ProductCategory(models.Model):
    product = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="product_categories")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="product_categories")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "category"], name="a_product_is_in_a_category_once"),
        ]

    def __str__(self) -> str:
        return str(self.category)


class RelatedProduct(Orderable):
    product = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="related_products")
    related = models.ForeignKey(ProductPage, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.related)


class MemberPrice(models.Model):
    """What a group of members pays less for this product."""

    product = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="member_prices")
    group = MemberGroupField("auth.Group", on_delete=models.CASCADE, related_name="+")
    percent_off = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "group"], name="one_member_price_per_product_and_group"),
            models.CheckConstraint(condition=Q(percent_off__range=(1, 100)), name="a_member_price_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.percent_off} % off for {self.group}"


class Variant(Orderable):
    """One thing that can be bought. Amounts are minor units of the reporting currency, a unit each.

    ``price`` is what the shelf says: with tax where prices include it, without where it comes on top.
    """

    product = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(
        "SKU",
        max_length=40,
        unique=True,
        help_text="Our own number for it, on every list.",
        error_messages={"unique": "Another variant has this SKU. Each needs one of its own."},
    )
    first_value = models.CharField(max_length=40, blank=True, help_text="Such as Blue, where they differ in colour.")
    second_value = models.CharField(max_length=40, blank=True)
    price = StoredCardAmountField(validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    sale_price = StoredCardAmountField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    sale_starts = models.DateTimeField(null=True, blank=True)
    sale_ends = models.DateTimeField(null=True, blank=True)
    maker_pay = StoredAmountField(default=0, help_text="What the maker is paid for each one sold.")
    materials_cost = StoredAmountField(default=0)
    weight = models.PositiveIntegerField("weight in grams", default=0)
    is_offered = models.BooleanField("offered", default=True)

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gt=0, maker_pay__gte=0, materials_cost__gte=0), name="variant_amounts_are_no_debts"
            ),
            models.CheckConstraint(
                condition=Q(sale_price=None) | Q(sale_price__gt=0, sale_price__lt=F("price")),
                name="a_sale_price_is_below_the_price",
                violation_error_message="A sale price is below the price.",
            ),
            models.CheckConstraint(
                condition=Q(sale_starts=None) | Q(sale_ends=None) | Q(sale_ends__gt=F("sale_starts")),
                name="a_sale_ends_after_it_starts",
                violation_error_message="A sale ends after it starts.",
            ),
        ]
        # The listing asks every product for its lowest price at this moment, and finds it here without a row.
        indexes = [
            models.Index(
                fields=["product", "is_offered", "price", "sale_price", "sale_starts", "sale_ends"],
                name="variants_by_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.title}, {self.name}" if self.name else str(self.product.title)

    @property
    def name(self) -> str:
        """What sets it apart from its siblings: "Blue, large"."""
        return ", ".join(value for value in (self.first_value, self.second_value) if value)

    def is_on_sale(self, at: datetime) -> bool:
        has_started = self.sale_starts is None or self.sale_starts <= at
        has_ended = self.sale_ends is not None and self.sale_ends <= at
        return self.sale_price is not None and has_started and not has_ended

    def price_at(self, at: datetime) -> int:
        """What anybody pays for one at that moment, before a member's price."""
        return self.sale_price if self.sale_price is not None and self.is_on_sale(at) else self.price
