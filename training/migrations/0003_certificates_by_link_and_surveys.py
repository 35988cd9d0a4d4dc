import uuid

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0002_places_in_the_line"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.CreateModel(
            name="TrainingSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survey_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="How many months after a course people are asked what it changed. 0: never.",
                        validators=[django.core.validators.MaxValueValidator(36)],
                        verbose_name="asked what it changed after, in months",
                    ),
                ),
            ],
            options={"verbose_name": "training"},
        ),
    ]
