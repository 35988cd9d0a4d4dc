import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('receipts', '0003_payer_merges'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='payer',
            index=models.Index(django.db.models.functions.text.Replace(django.db.models.functions.text.Lower('postcode'), models.Value(' '), models.Value('')), name='payer_by_postcode'),
        ),
        migrations.AlterModelOptions(
            name='payer',
            options={'ordering': ['-created_at'], 'permissions': [('merge_payer', 'Can merge payers'), ('export_payer', 'Can export payers')]},
        ),
        migrations.AlterModelOptions(
            name='receipt',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('download_receipt', 'Can download any receipt'), ('void_receipt', 'Can void a receipt'), ('resend_receipt', "Can send a receipt's mail again")]},
        ),
    ]
