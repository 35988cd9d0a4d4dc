"""What the shop's staff work gives to the rest: screens."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from shop.staff.menu import ShopGroup


@hooks.register("register_admin_viewset")
def staff_screens() -> ShopGroup:
    return ShopGroup()


@hooks.register("insert_global_admin_css")
def staff_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("shop/staff.css"))


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("shop.send", "Send an order", "Noted as sent")
    actions.register_action("shop.cancel", "Cancel an order", "Cancelled")
    actions.register_action("shop.note_order", "Note on an order", "Changed the note")
    actions.register_action("shop.accept_return", "Accept a return", "Accepted the return")
    actions.register_action("shop.decline_return", "Decline a return", "Declined the return")
    actions.register_action("shop.receive_return", "Receive a return", "Noted that the return is here")
    actions.register_action("shop.give_back", "Give money back", "Gave the money of a return back")
    actions.register_action("shop.export_orders", "Export orders", "Exported orders")
