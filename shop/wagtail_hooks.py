"""What the shop gives to the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from wagtail import hooks

from accounts.privacy import Person, Table
from payments.goods import Goods
from payments.models import Payment
from shop import privacy
from shop.catalogue import hooks as catalogue_hooks
from shop.demo import customers
from shop.goods import VariantGoods
from shop.makers import hooks as maker_hooks
from shop.orders import hooks as order_hooks
from shop.staff import hooks as staff_hooks
from shop.stock import hooks as stock_hooks

# Registered there, beside what they give.
__all__ = ["catalogue_hooks", "maker_hooks", "order_hooks", "staff_hooks", "stock_hooks"]


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("erasure_notes")
def what_is_not_sent(person: Person) -> Iterable[str]:
    return privacy.notes(person)


@hooks.register("register_goods")
def goods() -> Goods:
    return VariantGoods()


# After the memberships: who is known to the demo joins the first offering.
@hooks.register("demo_offering", order=20)
def demo_offering() -> tuple[Callable[[], Any], Callable[[Mapping[str, str], Random], Payment]]:
    return customers.prepare, customers.start_checkout


@hooks.register("demo_ending")
def demo_ending() -> Callable[[], Any]:
    return customers.end_history
