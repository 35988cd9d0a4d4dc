from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="doc-full-inverse")
class Issuer(BaseGenericSetting):
    """The legal entity whose books these are and in whose name receipts are issued: one per installation."""

    class Jurisdiction(models.TextChoices):
        NONE = "", "None: plain payment receipts"
        US = "US", "United States"

    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    registration_number = models.CharField(max_length=50, blank=True, help_text="In the United States, the EIN.")
    jurisdiction = models.CharField(
        max_length=2, blank=True, default="", choices=Jurisdiction, help_text="Whose rules decide what is receiptable."
    )
    signatory = models.CharField(
        max_length=200, blank=True, help_text="Name and office of whoever answers for receipts."
    )
    purpose = models.TextField(blank=True, help_text="The exempt purpose, as your tax office knows it.")
    receipt_prefix = models.CharField(max_length=10, blank=True, help_text="Comes before the year in receipt numbers.")
    vat_number = models.CharField(
        "VAT number", max_length=50, blank=True, help_text="Stands on invoices, where you have one."
    )
    invoice_prefix = models.CharField(
        max_length=10, default="INV", help_text="Comes before the year in the numbers of invoices."
    )
    credit_note_prefix = models.CharField(
        max_length=10, default="CN", help_text="Comes before the year in the numbers of credit notes."
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("legal_name"), FieldPanel("address"), FieldPanel("registration_number"), FieldPanel("purpose")],
            heading="The organisation",
        ),
        MultiFieldPanel(
            [FieldPanel("jurisdiction"), FieldPanel("signatory"), FieldPanel("receipt_prefix")], heading="Receipts"
        ),
        MultiFieldPanel(
            [FieldPanel("vat_number"), FieldPanel("invoice_prefix"), FieldPanel("credit_note_prefix")],
            heading="Invoices",
        ),
    ]

    class Meta:
        verbose_name = "receipt issuer"
        constraints = [
            models.CheckConstraint(
                condition=~Q(invoice_prefix=F("credit_note_prefix")),
                name="invoices_and_credit_notes_have_their_own_prefix",
                violation_error_message="Invoices and credit notes need different prefixes.",
            )
        ]

    def __str__(self) -> str:
        return self.legal_name or "Receipt issuer"
