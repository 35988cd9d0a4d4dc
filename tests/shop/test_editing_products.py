"""What an editor can do with a product, and what orders and the books don't allow any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import User
from pages.publishing import publish_due
from receipts.models import Payer
from shop.models import Order, OrderLine, ProductPage, ShopPage, Stock, StockMovement, Variant
from tests.shop.rows import add_variant, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(User.objects.create_superuser("ed@example.org", name="Ed Evans"))
    return client


@pytest.fixture
def sold(apron: ProductPage, bob: Payer) -> Variant:
    """Bob bought the apron's only variant; none is left."""
    variant = Variant.objects.get(product=apron)
    Stock.objects.update(on_hand=0)
    order = Order.objects.create(payer=bob, currency="USD", email=bob.email)
    OrderLine.objects.create(
        order=order, variant=variant, title="Linen apron", sku=variant.sku, quantity=1, unit_price=3800, amount=3800
    )
    return variant


def forget_stock() -> None:
    """As if nobody had counted any yet."""
    StockMovement.objects.all().delete()
    Stock.objects.all().delete()


def row(variant: Variant | None = None, **fields: Any) -> dict[str, Any]:
    known = {"id": variant.pk, "sku": variant.sku, "first_value": variant.first_value} if variant else {}
    amounts = {"price": "38.00", "maker_pay": "16.00", "materials_cost": "7.00", "weight": "200", "is_offered": "on"}
    empty = dict.fromkeys(("id", "second_value", "sale_price", "sale_starts", "sale_ends"), "")
    return {**empty, **amounts, **known, **fields}


def posted(rows: list[dict[str, Any]], *, initial: int = 0, **fields: Any) -> dict[str, Any]:
    nothing: list[dict[str, Any]] = []
    return nested_form_data(
        {
            "title": "Linen apron",
            "slug": "linen-apron",
            "summary": "An apron.",
            "description": rich_text(""),
            "provenance": "",
            "materials": "",
            "care": "",
            "maker": "",
            "first_option": "Colour",
            "second_option": "",
            "made_to_order_days": "",
            "purpose": "related",
            "tax_category": "standard",
            "seo_title": "",
            "search_description": "",
            "pictures": inline_formset(nothing),
            "product_categories": inline_formset(nothing),
            "related_products": inline_formset(nothing),
            "member_prices": inline_formset(nothing),
            "variants": inline_formset(rows, initial=initial),
            "comments": inline_formset(nothing),
            "action-publish": "publish",
            **fields,
        }
    )


def edit(editor: Client, product: ProductPage, data: dict[str, Any]) -> Any:
    return editor.post(reverse("wagtailadmin_pages:edit", args=[product.pk]), data)


def test_an_editor_makes_a_product_with_variants(editor: Client, shop: ShopPage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["shop", "productpage", shop.pk])
    assert editor.get(address).status_code == 200
    rows = [row(sku="A-1", first_value="Blue"), row(sku="A-2", first_value="Green", price="42.50")]
    assert editor.post(address, posted(rows)).status_code == 302
    product = ProductPage.objects.get()
    assert [(one.sku, one.price) for one in product.variants.all()] == [("A-1", 3800), ("A-2", 4250)]
    assert editor.get("/shop/linen-apron/").status_code == 200


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(sku="TAKEN", first_value="Blue")], "Another variant has this SKU"),
        ([row(sku="A", first_value="Blue"), row(sku="A", first_value="Red")], "duplicate"),
        ([row(sku="A", first_value="Blue"), row(sku="B", first_value="blue ")], "called the same"),
        ([row(sku="A", first_value="Blue", sale_price="40")], "A sale price is below the price."),
        ([row(sku="A", first_value="Blue", price="0")], "greater than or equal to 1"),
        ([row(sku="A", first_value="Blue", price="ten")], "Enter an amount"),
        (
            [row(sku="A", sale_price="30", sale_starts="2026-02-02 10:00", sale_ends="2026-02-01 10:00")],
            "A sale ends after it starts.",
        ),
        ([], "at least 1"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    editor: Client, shop: ShopPage, rows: list[dict[str, Any]], said: str
) -> None:
    add_variant(make_product(shop, "Bag"), sku="TAKEN", first_value="Blue")
    answer = editor.post(reverse("wagtailadmin_pages:add", args=["shop", "productpage", shop.pk]), posted(rows))
    assert answer.status_code == 200 and said in answer.text
    assert ProductPage.objects.count() == 1


@pytest.mark.parametrize("field", ["price", "sale_price"])
def test_a_price_that_no_card_pays_is_said_beside_it(editor: Client, shop: ShopPage, settings: Any, field: str) -> None:
    settings.REPORTING_CURRENCY = "KWD"
    address = reverse("wagtailadmin_pages:add", args=["shop", "productpage", shop.pk])
    answer = editor.post(address, posted([row(sku="A", **{field: "2.345"})]))
    errors = answer.context["form"].formsets["variants"].forms[0].errors
    assert list(errors) == [field] and "last decimal of KWD" in errors[field][0]
    assert not ProductPage.objects.exists()
    assert editor.post(address, posted([row(sku="A", price="2.340", maker_pay="1.005")])).status_code == 302


def test_a_product_cannot_lie_at_the_makers_address(editor: Client, shop: ShopPage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["shop", "productpage", shop.pk])
    answer = editor.post(address, posted([row(sku="A")], slug="makers"))
    assert answer.status_code == 200 and "that of the makers" in answer.text


def test_a_variant_that_was_sold_is_not_deleted(editor: Client, apron: ProductPage, sold: Variant) -> None:
    rows = [row(sold, DELETE="on"), row(sku="NEW", first_value="Green")]
    answer = edit(editor, apron, posted(rows, initial=1))
    assert answer.status_code == 200 and "Untick “offered” instead" in answer.text
    assert Variant.objects.get() == sold
    assert edit(editor, apron, posted([{**row(sold), "is_offered": ""}], initial=1)).status_code == 302
    sold.refresh_from_db()
    assert not sold.is_offered


def test_a_variant_of_which_some_lie_ready_is_not_deleted(editor: Client, apron: ProductPage) -> None:
    variant = Variant.objects.get()
    rows = [row(variant, DELETE="on"), row(sku="NEW", first_value="Green")]
    assert "Untick “offered” instead" in edit(editor, apron, posted(rows, initial=1)).text
    forget_stock()
    assert edit(editor, apron, posted(rows, initial=1)).status_code == 302
    assert Variant.objects.get().sku == "NEW"


def test_an_old_draft_without_what_was_sold_since_can_be_published(apron: ProductPage, sold: Variant) -> None:
    draft = apron.save_revision()
    later = add_variant(apron, sku="LATER", first_value="Red", on_hand=3)
    draft.publish()
    later.refresh_from_db()
    assert not later.is_offered and later.stock.on_hand == 3
    assert Variant.objects.get(pk=sold.pk).is_offered


def a_draft_with(product: ProductPage, sku: str) -> Revision:
    product.variants.add(Variant(sku=sku, first_value="Red", price=4000))
    revision: Revision = product.save_revision()
    return revision


def test_an_sku_that_another_draft_has_is_refused_beside_it(editor: Client, shop: ShopPage, apron: ProductPage) -> None:
    bag = make_product(shop, "Bag")
    a_draft_with(bag, "NEW-1")
    rows = [row(Variant.objects.get(product=apron), first_value="Blue"), row(sku="NEW-1", first_value="Red")]
    answer = edit(editor, apron, posted(rows, initial=1))
    assert answer.status_code == 200 and "A draft of “Bag” has this SKU" in answer.text
    # Its own draft is in nobody's way.
    rows = [row(Variant.objects.get(product=bag), first_value="Blue"), row(sku="NEW-1", first_value="Red")]
    assert edit(editor, bag, posted(rows, initial=1, slug="bag")).status_code == 302
    assert Variant.objects.get(sku="NEW-1").product == bag


def test_of_two_drafts_with_one_sku_that_are_due_the_second_waits_and_nothing_of_it_is_lost(
    shop: ShopPage, apron: ProductPage
) -> None:
    bag, hat = make_product(shop, "Bag"), make_product(shop, "Hat")
    for product in (apron, bag):
        a_draft_with(product, "NEW-1")
    hat.title = "Straw hat"
    hat.save_revision()
    for minutes, product in enumerate((apron, bag, hat)):
        at = timezone.now() - timedelta(minutes=30 - minutes)
        Revision.objects.filter(object_id=str(product.pk)).update(approved_go_live_at=at)
    assert publish_due() == 2
    assert Variant.objects.get(sku="NEW-1").product == apron
    assert ProductPage.objects.get(pk=hat.pk).title == "Straw hat"
    draft = ProductPage.objects.get(pk=bag.pk).get_latest_revision()
    assert "NEW-1" in [variant.sku for variant in draft.as_object().variants.all()]
    with pytest.raises(ValidationError, match="Another product has the SKU NEW-1 by now"):
        draft.publish()
    Variant.objects.filter(sku="NEW-1").update(sku="OLD-1")
    assert publish_due() == 1 and Variant.objects.get(sku="NEW-1").product == bag


def test_publishing_leaves_variants_their_keys_and_stock(editor: Client, apron: ProductPage) -> None:
    variant = Variant.objects.get()
    assert edit(editor, apron, posted([row(variant, price="41.00")], initial=1)).status_code == 302
    again = Variant.objects.get()
    assert (again.pk, again.price, again.stock.on_hand) == (variant.pk, 4100, 5)


def test_a_product_that_was_sold_is_not_deleted(
    editor: Client, shop: ShopPage, apron: ProductPage, sold: Variant
) -> None:
    for page in (apron, shop):
        answer = editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
        assert "Unpublish it instead" in answer.text
    address = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={apron.pk}"
    assert "Unpublish it instead" in editor.post(address, follow=True).text
    assert ProductPage.objects.filter(pk=apron.pk).exists()


def test_a_product_that_never_was_is_deleted(editor: Client, apron: ProductPage) -> None:
    forget_stock()
    editor.post(reverse("wagtailadmin_pages:delete", args=[apron.pk]))
    assert not ProductPage.objects.exists() and not Variant.objects.exists()


def test_a_copy_has_skus_of_its_own_and_no_stock(editor: Client, shop: ShopPage, apron: ProductPage) -> None:
    Variant.objects.update(sku="APRON")
    ProductPage.objects.get().save_revision().publish()
    form = {"new_title": "Another", "new_slug": "another", "new_parent_page": str(shop.pk), "publish_copies": "on"}
    assert editor.post(reverse("wagtailadmin_pages:copy", args=[apron.pk]), form).status_code == 302
    copy = ProductPage.objects.get(slug="another")
    variant = Variant.objects.get(product=copy)
    assert variant.sku == "APRON-2" and not Stock.objects.filter(variant=variant).exists()
    assert [one["sku"] for one in copy.latest_revision.content["variants"]] == ["APRON-2"]
    copy.get_latest_revision().publish()
    assert Variant.objects.get(product=copy).pk == variant.pk
    assert Variant.objects.get(product=apron).sku == "APRON"


def test_a_product_is_no_alias(editor: Client, shop: ShopPage, apron: ProductPage) -> None:
    form = {"new_title": "Another", "new_slug": "another", "new_parent_page": str(shop.pk), "alias": "on"}
    answer = editor.post(reverse("wagtailadmin_pages:copy", args=[apron.pk]), form, follow=True)
    assert "can’t be an alias" in answer.text and ProductPage.objects.count() == 1


def test_members_prices_are_for_groups_with_a_gate(editor: Client, apron: ProductPage, friends: Group) -> None:
    volunteers = Group.objects.create(name="Volunteers")
    variant = Variant.objects.get()
    for group, status in ((volunteers, 200), (friends, 302)):
        prices = inline_formset([{"id": "", "group": str(group.pk), "percent_off": "10"}])
        data = posted([row(variant)], initial=1)
        data |= nested_form_data({"member_prices": prices})
        assert edit(editor, apron, data).status_code == status
    assert apron.member_prices.get().group == friends


def test_what_is_not_saved_can_be_looked_at(editor: Client, shop: ShopPage, apron: ProductPage) -> None:
    data = posted([row(Variant.objects.get(), price="77.00"), row(sku="NEW", first_value="Green")], initial=1)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[apron.pk])
    assert editor.post(address, data).json()["is_valid"]
    page = editor.get(address)
    assert page.status_code == 200 and "$77.00" in page.text and "Green" in page.text
    assert editor.get(reverse("wagtailadmin_pages:view_draft", args=[shop.pk])).status_code == 200
    assert Page.objects.filter(slug="linen-apron").count() == 1
