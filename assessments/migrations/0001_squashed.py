from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import teams.schema
from django.conf import settings
from django.db import migrations, models


def sql(name: str) -> str:
    """Plain SQL beside this file."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):

    replaces = [('assessments', '0001_initial'), ('assessments', '0002_without_merged'), ('assessments', '0003_freezing')]

    initial = True

    dependencies = [
        ('contracts', '0001_squashed'),
    ]

    operations = [
        teams.schema.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='Month',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first_on', models.DateField(unique=True, verbose_name='month')),
                        ('current', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='assessments.revision')),
                    ],
                    options={
                        'ordering': ('-first_on',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('first_on__day', 1)), name='assessments_month_is_a_first')],
                    },
                ),
                migrations.CreateModel(
                    name='Revision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('month', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='assessments.month')),
                        ('number', models.PositiveIntegerField(verbose_name='revision')),
                        ('as_of', models.DateField(verbose_name='as of')),
                        ('status', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('dropped', 'replaced')], default='queued', max_length=10, verbose_name='status')),
                        ('definitions', models.CharField(max_length=20, verbose_name='version of the definitions')),
                        ('basis', models.JSONField(default=dict)),
                        ('error', models.TextField(blank=True)),
                        ('requested_at', models.DateTimeField(auto_now_add=True)),
                        ('started_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('frozen_at', models.DateTimeField(null=True)),
                        ('frozen_by', models.CharField(blank=True, max_length=150)),
                        ('sha256', models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        'ordering': ('-month__first_on', '-number'),
                        'constraints': [models.UniqueConstraint(fields=('month', 'number'), name='assessments_revision_number'), models.CheckConstraint(condition=models.Q(models.Q(('frozen_at', None), ('frozen_by', ''), ('sha256', '')), models.Q(('frozen_at__isnull', False), ('status', 'done'), models.Q(('frozen_by', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='assessments_revision_freeze_is_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Remark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('month', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='assessments.month')),
                        ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.institution')),
                        ('indicator', models.CharField(max_length=20, verbose_name='indicator')),
                        ('category', models.CharField(max_length=20, verbose_name='category')),
                        ('text', models.CharField(max_length=300, verbose_name='remark')),
                        ('by', models.CharField(max_length=150, verbose_name='by')),
                        ('at', models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('month', 'institution', 'indicator', 'category'), name='assessments_remark_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RemarkEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assessments.remark')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('month', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assessments.month')),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('indicator', models.CharField(max_length=20, verbose_name='indicator')),
                        ('category', models.CharField(max_length=20, verbose_name='category')),
                        ('text', models.CharField(max_length=300, verbose_name='remark')),
                        ('by', models.CharField(max_length=150, verbose_name='by')),
                        ('at', models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='SurveyAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_answers', to='residents.resident')),
                        ('answered_on', models.DateField(db_index=True, verbose_name='answered on')),
                        ('rating', models.PositiveSmallIntegerField(verbose_name='rating')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('rating__gte', 1), ('rating__lte', 5)), name='assessments_surveyanswer_five_steps')],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyAnswerEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assessments.surveyanswer')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('resident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.resident')),
                        ('answered_on', models.DateField(verbose_name='answered on')),
                        ('rating', models.PositiveSmallIntegerField(verbose_name='rating')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PhoneCheck',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_checks', to='residents.resident')),
                        ('called_on', models.DateField(db_index=True, verbose_name='called on')),
                        ('outcome', models.CharField(choices=[('resident', 'resident reached'), ('family', 'family reached'), ('stranger', 'wrong number'), ('empty', 'number not in use'), ('off', 'switched off or suspended'), ('no_answer', 'no answer'), ('refused', 'refused to talk')], max_length=10, verbose_name='outcome')),
                        ('knows_team', models.BooleanField(default=False, verbose_name='knows that they are signed and with whom')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('knows_team', False), ('outcome__in', ['resident', 'family']), _connector='OR'), name='assessments_phonecheck_only_the_reached_know')],
                    },
                ),
                migrations.CreateModel(
                    name='PhoneCheckEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assessments.phonecheck')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('resident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.resident')),
                        ('called_on', models.DateField(verbose_name='called on')),
                        ('outcome', models.CharField(choices=[('resident', 'resident reached'), ('family', 'family reached'), ('stranger', 'wrong number'), ('empty', 'number not in use'), ('off', 'switched off or suspended'), ('no_answer', 'no answer'), ('refused', 'refused to talk')], max_length=10, verbose_name='outcome')),
                        ('knows_team', models.BooleanField(default=False, verbose_name='knows that they are signed and with whom')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Target',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('indicator', models.CharField(max_length=20, verbose_name='indicator')),
                        ('category', models.CharField(default='all', max_length=20, verbose_name='category')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('scope', models.CharField(choices=[('all', 'everywhere'), ('urban', 'urban'), ('rural', 'rural'), ('institution', 'one institution')], default='all', max_length=12, verbose_name='scope')),
                        ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='teams.institution')),
                        ('rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='rate (%)')),
                        ('count', models.PositiveIntegerField(blank=True, null=True, verbose_name='head count')),
                    ],
                    options={
                        'verbose_name': 'target',
                        'verbose_name_plural': 'targets',
                        'constraints': [models.UniqueConstraint(fields=('indicator', 'category', 'year', 'scope', 'institution'), name='assessments_target_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('count__isnull', False), ('rate', None)), models.Q(('count', None), ('rate__isnull', False)), _connector='OR'), name='assessments_target_rate_or_count'), models.CheckConstraint(condition=models.Q(models.Q(('institution__isnull', False), ('scope', 'institution')), models.Q(models.Q(('scope', 'institution'), _negated=True), ('institution', None)), _connector='OR'), name='assessments_target_scope_names_its_institution')],
                    },
                ),
                migrations.CreateModel(
                    name='TargetEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assessments.target')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('indicator', models.CharField(max_length=20, verbose_name='indicator')),
                        ('category', models.CharField(default='all', max_length=20, verbose_name='category')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('scope', models.CharField(choices=[('all', 'everywhere'), ('urban', 'urban'), ('rural', 'rural'), ('institution', 'one institution')], default='all', max_length=12, verbose_name='scope')),
                        ('institution', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='rate (%)')),
                        ('count', models.PositiveIntegerField(blank=True, null=True, verbose_name='head count')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Population',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='populations', to='teams.institution')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('category', models.CharField(default='all', max_length=20, verbose_name='category')),
                        ('count', models.PositiveIntegerField(verbose_name='count')),
                    ],
                    options={
                        'verbose_name': 'official population',
                        'verbose_name_plural': 'official populations',
                        'constraints': [models.UniqueConstraint(fields=('institution', 'year', 'category'), name='assessments_population_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PopulationEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assessments.population')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('category', models.CharField(default='all', max_length=20, verbose_name='category')),
                        ('count', models.PositiveIntegerField(verbose_name='count')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ResidentMonth',
                    fields=[
                        ('pk', models.CompositePrimaryKey('revision_id', 'resident_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('person', models.BigIntegerField()),
                        ('county', models.IntegerField()),
                        ('age', models.SmallIntegerField()),
                        ('in_population', models.BooleanField()),
                        ('covered', models.BooleanField()),
                        ('paid', models.BooleanField()),
                        ('renewal_due', models.BooleanField()),
                        ('leads_household', models.BooleanField()),
                        ('household_covered', models.BooleanField()),
                        ('categories', models.IntegerField()),
                        ('managed_due', models.IntegerField()),
                        ('managed', models.IntegerField()),
                        ('measured', models.IntegerField()),
                        ('controlled', models.IntegerField()),
                    ],
                    options={
                        'db_table': 'assessments_residentmonth',
                        'managed': False,
                    },
                ),
                migrations.CreateModel(
                    name='CoverageMonth',
                    fields=[
                        ('pk', models.CompositePrimaryKey('revision_id', 'coverage_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('person', models.BigIntegerField()),
                        ('county', models.IntegerField()),
                        ('categories', models.IntegerField()),
                        ('in_force', models.BooleanField()),
                        ('obligations', models.IntegerField()),
                        ('obligations_met', models.IntegerField()),
                        ('obligations_on_time', models.IntegerField()),
                        ('obligations_waived', models.IntegerField()),
                        ('packages', models.IntegerField()),
                        ('packages_complete', models.IntegerField()),
                        ('service_expected', models.BooleanField()),
                        ('unserved', models.BooleanField()),
                        ('visits', models.IntegerField()),
                        ('primary_visits', models.IntegerField()),
                        ('visit_cost_fen', models.BigIntegerField()),
                    ],
                    options={
                        'db_table': 'assessments_coveragemonth',
                        'managed': False,
                    },
                ),
                migrations.CreateModel(
                    name='Figure',
                    fields=[
                        ('pk', models.CompositePrimaryKey('revision_id', 'institution_id', 'team_key', 'category', 'indicator', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('team_key', models.BigIntegerField()),
                        ('category', models.CharField(max_length=20)),
                        ('indicator', models.CharField(max_length=20)),
                        ('numerator', models.BigIntegerField()),
                        ('denominator', models.BigIntegerField()),
                    ],
                    options={
                        'db_table': 'assessments_figure',
                        'managed': False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='phonecheck',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_phonecheckevent" ("called_on", "id", "knows_team", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id") VALUES (OLD."called_on", OLD."id", OLD."knows_team", OLD."outcome", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."resident_id"); RETURN NULL;', hash='6d208f42629ea5043362b9dbb2cb4e7f48a597c8', operation='UPDATE', pgid='pgtrigger_update_update_89a33', table='assessments_phonecheck', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='phonecheck',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_phonecheckevent" ("called_on", "id", "knows_team", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id") VALUES (OLD."called_on", OLD."id", OLD."knows_team", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."resident_id"); RETURN NULL;', hash='27202031e413687cfffc2c795bdbe61eb914c77c', operation='DELETE', pgid='pgtrigger_delete_delete_6380c', table='assessments_phonecheck', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='population',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_populationevent" ("category", "count", "id", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") VALUES (OLD."category", OLD."count", OLD."id", OLD."institution_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."year"); RETURN NULL;', hash='2926f452b6258f404cb9f56e1b1613e001589e84', operation='UPDATE', pgid='pgtrigger_update_update_959dd', table='assessments_population', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='population',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_populationevent" ("category", "count", "id", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") VALUES (OLD."category", OLD."count", OLD."id", OLD."institution_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."year"); RETURN NULL;', hash='b95d0eaacec814c06266650573d8dcf3fd452f0c', operation='DELETE', pgid='pgtrigger_delete_delete_fa35c', table='assessments_population', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='remark',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_remarkevent" ("at", "by", "category", "id", "indicator", "institution_id", "month_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."at", OLD."by", OLD."category", OLD."id", OLD."indicator", OLD."institution_id", OLD."month_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."text"); RETURN NULL;', hash='dee8675226ffe5b1dd5662896f9a366e0b6aeaa7', operation='UPDATE', pgid='pgtrigger_update_update_2eee6', table='assessments_remark', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='remark',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_remarkevent" ("at", "by", "category", "id", "indicator", "institution_id", "month_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."at", OLD."by", OLD."category", OLD."id", OLD."indicator", OLD."institution_id", OLD."month_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;', hash='536aab8eae7dd09bbf2faa021290d36cbab2a0f7', operation='DELETE', pgid='pgtrigger_delete_delete_da9ba', table='assessments_remark', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='surveyanswer',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_surveyanswerevent" ("answered_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "resident_id") VALUES (OLD."answered_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."rating", OLD."resident_id"); RETURN NULL;', hash='b577b187b8beccc6c05d9fbc8f799928c637f779', operation='UPDATE', pgid='pgtrigger_update_update_93a01', table='assessments_surveyanswer', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='surveyanswer',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_surveyanswerevent" ("answered_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "resident_id") VALUES (OLD."answered_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rating", OLD."resident_id"); RETURN NULL;', hash='4b12d1ccc12941a40a98b879337a318559b817ce', operation='DELETE', pgid='pgtrigger_delete_delete_1a132', table='assessments_surveyanswer', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='target',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_targetevent" ("category", "count", "id", "indicator", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "scope", "year") VALUES (OLD."category", OLD."count", OLD."id", OLD."indicator", OLD."institution_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."rate", OLD."scope", OLD."year"); RETURN NULL;', hash='1c4f8eae56120bb758dd2017ec87d6c75584908f', operation='UPDATE', pgid='pgtrigger_update_update_cab19', table='assessments_target', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='target',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_targetevent" ("category", "count", "id", "indicator", "institution_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "scope", "year") VALUES (OLD."category", OLD."count", OLD."id", OLD."indicator", OLD."institution_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."scope", OLD."year"); RETURN NULL;', hash='e048198d54de5af53ae5f6015b749c20fb32d702', operation='DELETE', pgid='pgtrigger_delete_delete_0d79e', table='assessments_target', when='AFTER')),
                ),
            ],
        ),
        migrations.RunSQL(sql("month_tables.sql")),
        migrations.RunSQL(sql("facts.sql")),
    ]
