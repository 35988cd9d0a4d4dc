from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('membership', '0003_giving_settings'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='gift',
            name='gift_state_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_state_is_known',
        ),
        migrations.AddField(
            model_name='gift',
            name='contact_name',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='gift',
            name='state',
            field=models.CharField(choices=[('incomplete', 'Not paid yet'), ('under_way', 'At the bank'), ('active', 'Active'), ('past_due', 'Payment failed'), ('paused', 'Paused'), ('cancel_at_end', 'Ends soon'), ('cancelled', 'Ended'), ('unpaid', 'Ended unpaid'), ('abandoned', 'Never paid'), ('given', 'Given')], default='incomplete', max_length=14),
        ),
        migrations.AlterField(
            model_name='membership',
            name='state',
            field=models.CharField(choices=[('incomplete', 'Not paid yet'), ('under_way', 'At the bank'), ('active', 'Active'), ('past_due', 'Payment failed'), ('paused', 'Paused'), ('cancel_at_end', 'Ends soon'), ('cancelled', 'Ended'), ('unpaid', 'Ended unpaid'), ('abandoned', 'Never paid'), ('given', 'Given')], default='incomplete', max_length=14),
        ),
        migrations.AddConstraint(
            model_name='gift',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['incomplete', 'under_way', 'active', 'past_due', 'paused', 'cancel_at_end', 'cancelled', 'unpaid', 'abandoned', 'given'])), name='gift_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['incomplete', 'under_way', 'active', 'past_due', 'paused', 'cancel_at_end', 'cancelled', 'unpaid', 'abandoned', 'given'])), name='membership_state_is_known'),
        ),
    ]
