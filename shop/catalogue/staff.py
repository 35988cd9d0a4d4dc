"""Categories for staff: what they are called, in which order they stand, and how many products each has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.text import slugify
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from receipts.staff.viewset import BooksIndexView
from shop.models import Category


class CategoryForm(WagtailAdminModelForm):
    slug = forms.SlugField(
        label="In addresses",
        max_length=80,
        required=False,
        help_text="Such as “bags”, in small letters and without spaces. Empty: made of the name.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("name") and "slug" not in self.errors:
            cleaned["slug"] = cleaned["slug"] or slugify(cleaned["name"])
            if not cleaned["slug"]:
                self.add_error("slug", "Say what it is called in addresses, in letters from a to z.")
        return cleaned


class CategoryIndexView(BooksIndexView):
    page_title = "Categories"
    looks_in = ("name", "slug")

    def get_base_queryset(self) -> QuerySet[Category]:
        return Category.objects.annotate(products=Count("product_categories"))


class CategoryViewSet(ModelViewSet):
    model = Category
    name = "shop_categories"
    icon = "folder-open-inverse"
    menu_label = "Categories"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = CategoryIndexView
    ordering = ("order", "name")
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldRowPanel([FieldPanel("slug"), FieldPanel("order")])], base_form_class=CategoryForm
    )
    list_display = [
        TitleColumn("name", url_name="shop_categories:edit", sort_key="name"),
        Column("slug", label="In addresses"),
        Column("products", label="Products"),
        Column("order", sort_key="order"),
    ]
