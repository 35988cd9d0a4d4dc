"""Addresses of what staff do with orders, below the orders' listing."""

from __future__ import annotations

from typing import Any

from shop.staff.cancelling import CancelView
from shop.staff.notes import NoteView
from shop.staff.packing import MarkSentView, PackView
from shop.staff.paper_views import LabelsView, PickListView, SlipsView
from shop.staff.returning import AnswerView, GiveBackView, ReceiveView
from shop.staff.sending import SendView


def order_actions() -> list[tuple[str, Any, str]]:
    """Path, view, and name within ``shop_orders``."""
    return [
        ("pack/", PackView.as_view(), "pack"),
        ("pick-list/", PickListView.as_view(), "pick_list"),
        ("slips/", SlipsView.as_view(), "slips"),
        ("labels/", LabelsView.as_view(), "labels"),
        ("sent/", MarkSentView.as_view(), "mark_sent"),
        ("send/<int:pk>/", SendView.as_view(), "send"),
        ("cancel/<int:pk>/", CancelView.as_view(), "cancel"),
        ("note/<int:pk>/", NoteView.as_view(), "note"),
        ("return/<int:pk>/answer/", AnswerView.as_view(), "answer_return"),
        ("return/<int:pk>/received/", ReceiveView.as_view(), "receive_return"),
        ("return/<int:pk>/give-back/", GiveBackView.as_view(), "give_back"),
    ]
