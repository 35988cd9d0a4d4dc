"""The staff menu's "Training". Each item is shown to whom may view its rows; a new screen adds its viewset here."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.base import ViewSetGroup

from training.bursaries.staff.queue import ApplicationViewSet
from training.completing.staff import CertificateViewSet
from training.reports.screens import TrainingReports
from training.staff.refund_rules import RefundRulesViewSet
from training.staff.sessions import SessionViewSet
from training.staff.trainers import TrainerViewSet


class TrainingGroup(ViewSetGroup):
    menu_label = "Training"
    menu_name = "training"
    menu_icon = "form"
    menu_order = 216
    items: tuple[Any, ...] = (
        SessionViewSet,
        ApplicationViewSet,
        CertificateViewSet,
        TrainingReports,
        TrainerViewSet,
        RefundRulesViewSet,
    )
