from __future__ import annotations

import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='standardpage',
            name='teaser',
            field=wagtail.fields.RichTextField(blank=True, help_text="Shown instead of the page to whoever is not a member, once the page's privacy is set to tiers. Everybody can find and read it, like the title and the search description."),
            preserve_default=False,
        ),
    ]
