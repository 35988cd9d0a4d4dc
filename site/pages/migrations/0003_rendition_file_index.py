from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0002_page_teaser'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='siterendition',
            index=models.Index(fields=['file'], name='rendition_file'),
        ),
    ]
