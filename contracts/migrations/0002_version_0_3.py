from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import teams.schema
from django.db import migrations, models


def sql(name: str) -> str:
    """Plain SQL beside this file."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0001_squashed'),
    ]

    operations = [
        teams.schema.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='FeeEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('coverage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fee_entries', to='contracts.coverage')),
                        ('payer', models.CharField(choices=[('public_health_fund', 'public health fund'), ('medical_insurance', 'medical insurance'), ('resident', 'resident'), ('finance', 'finance'), ('civil_affairs', 'civil affairs'), ('disabled_federation', "disabled persons' federation"), ('poverty_relief', 'poverty relief'), ('family_planning', 'family planning'), ('institution_discount', "institution's discount"), ('city_finance', 'city finance'), ('district_finance', 'district finance')], max_length=24, verbose_name='payer')),
                        ('kind', models.CharField(choices=[('receipt', 'receipt'), ('waiver', 'fee waived'), ('refund', 'refund'), ('carried_out', 'carried to the next contract'), ('carried_in', 'carried from the contract before')], max_length=12, verbose_name='kind')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                        ('on', models.DateField(verbose_name='on')),
                        ('number', models.CharField(blank=True, max_length=60, verbose_name='receipt number')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('entered_on', models.DateField()),
                        ('entered_by', models.CharField(max_length=150)),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                        ('cancelled_by', models.CharField(blank=True, max_length=150)),
                        ('cancelled_reason', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'verbose_name': 'fee entry',
                        'ordering': ('on', 'id'),
                        'indexes': [models.Index(fields=['on'], name='contracts_feeentry_on')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number', 'coverage', 'payer'), name='contracts_feeentry_number_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='contracts_feeentry_amount'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'receipt'), models.Q(('number', ''), _negated=True)), models.Q(models.Q(('kind', 'receipt'), _negated=True), ('number', '')), _connector='OR'), name='contracts_feeentry_receipt_has_number'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['waiver', 'refund']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='contracts_feeentry_reason_given'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('cancelled_by', ''), ('cancelled_reason', '')), models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_by', ''), _negated=True), models.Q(('cancelled_reason', ''), _negated=True)), _connector='OR'), name='contracts_feeentry_cancelling_is_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='FeeEntryEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contracts.feeentry')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('coverage', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contracts.coverage')),
                        ('payer', models.CharField(choices=[('public_health_fund', 'public health fund'), ('medical_insurance', 'medical insurance'), ('resident', 'resident'), ('finance', 'finance'), ('civil_affairs', 'civil affairs'), ('disabled_federation', "disabled persons' federation"), ('poverty_relief', 'poverty relief'), ('family_planning', 'family planning'), ('institution_discount', "institution's discount"), ('city_finance', 'city finance'), ('district_finance', 'district finance')], max_length=24, verbose_name='payer')),
                        ('kind', models.CharField(choices=[('receipt', 'receipt'), ('waiver', 'fee waived'), ('refund', 'refund'), ('carried_out', 'carried to the next contract'), ('carried_in', 'carried from the contract before')], max_length=12, verbose_name='kind')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                        ('on', models.DateField(verbose_name='on')),
                        ('number', models.CharField(blank=True, max_length=60, verbose_name='receipt number')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('entered_on', models.DateField()),
                        ('entered_by', models.CharField(max_length=150)),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                        ('cancelled_by', models.CharField(blank=True, max_length=150)),
                        ('cancelled_reason', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='FulfilmentCell',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='as of')),
                        ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('team', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
                        ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.institution')),
                        ('village', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.division')),
                        ('categories', models.IntegerField()),
                        ('version', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='service_packages.packageversion')),
                        ('item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='service_packages.item')),
                        ('promised', models.IntegerField()),
                        ('due', models.IntegerField()),
                        ('on_time', models.IntegerField()),
                        ('late', models.IntegerField()),
                        ('ahead', models.IntegerField()),
                        ('waived', models.IntegerField()),
                        ('met_1', models.IntegerField()),
                        ('met_2', models.IntegerField()),
                        ('met_3', models.IntegerField()),
                        ('met_4', models.IntegerField()),
                        ('met_5', models.IntegerField()),
                        ('met_6', models.IntegerField()),
                        ('packages', models.IntegerField()),
                        ('complete', models.IntegerField()),
                        ('expected', models.IntegerField()),
                        ('unserved', models.IntegerField()),
                    ],
                    options={
                        'verbose_name': 'count of promises',
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feeentry',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contracts_feeentryevent" ("amount", "cancelled_at", "cancelled_by", "cancelled_reason", "coverage_id", "entered_at", "entered_by", "entered_on", "id", "kind", "number", "on", "payer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."amount", OLD."cancelled_at", OLD."cancelled_by", OLD."cancelled_reason", OLD."coverage_id", OLD."entered_at", OLD."entered_by", OLD."entered_on", OLD."id", OLD."kind", OLD."number", OLD."on", OLD."payer", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason"); RETURN NULL;', hash='a3f573ec88db16c26653f740050284a6f4f4a800', operation='UPDATE', pgid='pgtrigger_update_update_0d255', table='contracts_feeentry', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feeentry',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contracts_feeentryevent" ("amount", "cancelled_at", "cancelled_by", "cancelled_reason", "coverage_id", "entered_at", "entered_by", "entered_on", "id", "kind", "number", "on", "payer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."amount", OLD."cancelled_at", OLD."cancelled_by", OLD."cancelled_reason", OLD."coverage_id", OLD."entered_at", OLD."entered_by", OLD."entered_on", OLD."id", OLD."kind", OLD."number", OLD."on", OLD."payer", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;', hash='ae8f6121ee24ede907889502c2da4891026b4e17', operation='DELETE', pgid='pgtrigger_delete_delete_65670', table='contracts_feeentry', when='AFTER')),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='numberseries',
            name='contracts_numberseries_once',
        ),
        migrations.AddField(
            model_name='numberseries',
            name='kind',
            field=models.CharField(choices=[('contract', 'Contract'), ('receipt', 'Receipt')], db_default='contract', default='contract', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='numberseries',
            constraint=models.UniqueConstraint(fields=('institution', 'kind', 'year'), name='contracts_numberseries_once'),
        ),
        migrations.RunSQL(sql("due.sql")),
    ]
