
import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('receipts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('slug', models.SlugField(help_text='The last part of its address: /join/friend/', max_length=80, unique=True)),
                ('summary', models.CharField(help_text='One sentence for the comparison of tiers.', max_length=160)),
                ('description', models.TextField(blank=True, help_text="A paragraph for the tier's own page.")),
                ('order', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('is_open', models.BooleanField(default=True, help_text='A tier that is not offered keeps its members.', verbose_name='offered')),
                ('is_highlighted', models.BooleanField(default=False, help_text='Recommend this one on the page.', verbose_name='highlighted')),
                ('allows_more', models.BooleanField(default=True, help_text='Supporters may give more than the price.', verbose_name='allows more')),
                ('grace_days', models.PositiveSmallIntegerField(default=14, help_text='Days that benefits go on while a failed renewal is tried again.', validators=[django.core.validators.MaxValueValidator(90)])),
                ('group', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='membership_tier', to='auth.group')),
            ],
            options={
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=5)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('incomplete', 'Not paid yet'), ('active', 'Active'), ('past_due', 'Payment failed'), ('paused', 'Paused'), ('cancel_at_end', 'Ends soon'), ('cancelled', 'Ended'), ('unpaid', 'Ended unpaid'), ('abandoned', 'Never paid')], default='incomplete', max_length=14)),
                ('unknown_status', models.CharField(blank=True, max_length=60)),
                ('paid_until', models.DateTimeField(null=True)),
                ('refunded_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('cancel_reason', models.TextField(blank=True, max_length=500)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='receipts.payer')),
                ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='membership.tier')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['state', 'paid_until'], name='membership_state_paid_until')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'incomplete')), fields=('payer', 'tier'), name='one_open_checkout_per_payer_and_tier'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='membership_amount_is_above_zero'), models.CheckConstraint(condition=models.Q(('state__in', ['incomplete', 'active', 'past_due', 'paused', 'cancel_at_end', 'cancelled', 'unpaid', 'abandoned'])), name='membership_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Benefit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.PositiveSmallIntegerField(blank=True, default=0, editable=False)),
                ('label', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('main', 'Something of value: a dinner, a ticket, a product'), ('token', 'A small article that was bought to give away'), ('unordered', 'A small article sent free and unasked'), ('membership_frequent', 'A right that members can use often: discounts, free admission'), ('member_event', 'A simple event for members'), ('complimentary', 'Complimentary: worth nothing to sell'), ('intangible_religious', 'An intangible religious benefit')], default='main', max_length=24)),
                ('fair_value', models.BigIntegerField(default=0, help_text='What it would cost to buy. 0 for what nobody could buy.', verbose_name='fair value a year')),
                ('cost', models.BigIntegerField(blank=True, help_text='What it costs us. Leave empty if unknown; small gifts need it.', null=True, verbose_name='cost a year')),
                ('bears_logo', models.BooleanField(default=False, verbose_name='bears our name or logo')),
                ('tier', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='benefits', to='membership.tier')),
            ],
            options={
                'ordering': ['sort_order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('fair_value__gte', 0), models.Q(('cost', None), ('cost__gte', 0), _connector='OR')), name='benefit_values_are_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='TierPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=5)),
                ('amount', models.BigIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99999999)], verbose_name='price')),
                ('tier', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='membership.tier')),
            ],
            options={
                'ordering': ['interval'],
                'constraints': [models.UniqueConstraint(fields=('tier', 'interval'), name='one_price_per_tier_and_interval'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='tier_price_is_above_zero'), models.CheckConstraint(condition=models.Q(('interval__in', ['month', 'year'])), name='tier_price_is_a_month_or_a_year')],
            },
        ),
    ]
