"""Plans from before there were terms get those that their checkout asked for."""

from django.db import migrations

COPIED = ["account", "fund_id", "amount", "tax", "description", "advantages", "yearly_amount"]


def give_terms(apps, schema_editor):
    Plan, PlanTerms, PlanLine = (apps.get_model("payments", name) for name in ("Plan", "PlanTerms", "PlanLine"))
    for plan in Plan.objects.filter(terms=None).select_related("first_payment"):
        first = plan.first_payment
        lines = list(first.lines.order_by("pk"))
        amount = sum(line.amount + line.tax for line in lines)
        plan.amount, plan.currency, plan.interval = amount, first.currency, first.interval
        plan.changed_at = first.paid_at or first.created_at
        plan.save(update_fields=["amount", "currency", "interval", "changed_at"])
        terms = PlanTerms.objects.create(
            plan=plan, state="in_force", origin="checkout", amount=amount, currency=first.currency,
            interval=first.interval, asked_at=first.created_at, since=plan.changed_at,
        )
        PlanLine.objects.bulk_create(
            PlanLine(terms=terms, **{name: getattr(line, name) for name in COPIED}) for line in lines
        )


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_terms_of_plans")]
    operations = [migrations.RunPython(give_terms, migrations.RunPython.noop)]
