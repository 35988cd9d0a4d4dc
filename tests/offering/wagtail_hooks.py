from __future__ import annotations

from wagtail import hooks

from payments.goods import Goods
from tests.offering.goods import Things


@hooks.register("register_goods")
def goods() -> Goods:
    return Things()
