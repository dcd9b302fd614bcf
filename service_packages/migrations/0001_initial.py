import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import teams.schema
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('service_packages', '0002_configuration'), ('service_packages', '0001_squashed'), ('service_packages', '0002_versions_stay')]

    initial = True

    dependencies = [
        ('residents', '0001_initial'),
    ]

    operations = [
        teams.schema.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='Item',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, unique=True, verbose_name='item code')),
                        ('name', models.CharField(max_length=80, verbose_name='item name')),
                        ('kind', models.CharField(blank=True, max_length=40, verbose_name='item kind')),
                        ('modes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clinic', 'at the clinic'), ('home', 'at home'), ('phone', 'by phone'), ('online', 'online'), ('group', 'in a group')], max_length=20), blank=True, default=list, size=None)),
                        ('performers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('general_practice', 'general practice'), ('internal_medicine', 'internal medicine'), ('surgery', 'surgery'), ('gynaecology', 'gynaecology'), ('paediatrics', 'paediatrics'), ('tcm', 'Chinese medicine'), ('public_health', 'public health'), ('nurse', 'nurse'), ('pharmacist', 'pharmacist'), ('health_manager', 'health manager'), ('village_doctor', 'village doctor'), ('specialist', 'specialist'), ('grid_worker', 'grid worker'), ('other', 'other')], max_length=20), blank=True, default=list, size=None)),
                        ('readings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('systolic', 'systolic pressure'), ('diastolic', 'diastolic pressure'), ('fasting_glucose', 'fasting glucose')], max_length=20), blank=True, default=list, size=None)),
                        ('deciding', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('modes', 'how it is given'), ('performers', 'who gives it'), ('readings', 'readings taken')], max_length=20), blank=True, default=list, size=None)),
                        ('unit_price', models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=10, verbose_name='usual unit price')),
                    ],
                    options={
                        'verbose_name': 'item',
                        'verbose_name_plural': 'items',
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='service_packages_item_usual_price')],
                    },
                ),
                migrations.CreateModel(
                    name='ItemEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_packages.item')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=40, verbose_name='item code')),
                        ('name', models.CharField(max_length=80, verbose_name='item name')),
                        ('kind', models.CharField(blank=True, max_length=40, verbose_name='item kind')),
                        ('modes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clinic', 'at the clinic'), ('home', 'at home'), ('phone', 'by phone'), ('online', 'online'), ('group', 'in a group')], max_length=20), blank=True, default=list, size=None)),
                        ('performers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('general_practice', 'general practice'), ('internal_medicine', 'internal medicine'), ('surgery', 'surgery'), ('gynaecology', 'gynaecology'), ('paediatrics', 'paediatrics'), ('tcm', 'Chinese medicine'), ('public_health', 'public health'), ('nurse', 'nurse'), ('pharmacist', 'pharmacist'), ('health_manager', 'health manager'), ('village_doctor', 'village doctor'), ('specialist', 'specialist'), ('grid_worker', 'grid worker'), ('other', 'other')], max_length=20), blank=True, default=list, size=None)),
                        ('readings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('systolic', 'systolic pressure'), ('diastolic', 'diastolic pressure'), ('fasting_glucose', 'fasting glucose')], max_length=20), blank=True, default=list, size=None)),
                        ('deciding', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('modes', 'how it is given'), ('performers', 'who gives it'), ('readings', 'readings taken')], max_length=20), blank=True, default=list, size=None)),
                        ('unit_price', models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=10, verbose_name='usual unit price')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Package',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, unique=True, verbose_name='package code')),
                    ],
                    options={
                        'verbose_name': 'package',
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='PackageEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_packages.package')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=40, verbose_name='package code')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PackageVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('package', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='service_packages.package')),
                        ('number', models.PositiveIntegerField(verbose_name='version')),
                        ('name', models.CharField(max_length=80, verbose_name='package name')),
                        ('tier', models.CharField(choices=[('basic', 'basic'), ('personalised', 'personalised')], default='basic', max_length=12, verbose_name='tier')),
                        ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('annual_price', models.DecimalField(blank=True, decimal_places=2, help_text='empty: sum of its items', max_digits=10, null=True, verbose_name='price a year')),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10, verbose_name='status')),
                        ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='catalogue of')),
                        ('required', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('age_from', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='from age')),
                        ('age_to', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='to age')),
                        ('sex', models.CharField(blank=True, choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                        ('exclusive_group', models.CharField(blank=True, max_length=40, verbose_name='not together with others of the group')),
                        ('free_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('is_must', models.BooleanField(default=False, verbose_name='refuse people whom it is not for')),
                    ],
                    options={
                        'verbose_name': 'package version',
                        'verbose_name_plural': 'package versions',
                        'ordering': ('package__code', '-number'),
                        'constraints': [models.UniqueConstraint(fields=('package', 'number'), name='service_packages_version_number'), models.UniqueConstraint(condition=models.Q(('status', 'published')), fields=('package',), name='service_packages_version_one_published'), models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('package',), name='service_packages_version_one_draft'), models.CheckConstraint(condition=models.Q(('age_from', None), ('age_to', None), ('age_to__gte', models.F('age_from')), _connector='OR'), name='service_packages_version_ages_ordered'), models.CheckConstraint(condition=models.Q(('annual_price', None), ('annual_price__gte', 0), _connector='OR'), name='service_packages_version_price_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='PackageVersionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_packages.packageversion')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('package', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='service_packages.package')),
                        ('number', models.PositiveIntegerField(verbose_name='version')),
                        ('name', models.CharField(max_length=80, verbose_name='package name')),
                        ('tier', models.CharField(choices=[('basic', 'basic'), ('personalised', 'personalised')], default='basic', max_length=12, verbose_name='tier')),
                        ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('annual_price', models.DecimalField(blank=True, decimal_places=2, help_text='empty: sum of its items', max_digits=10, null=True, verbose_name='price a year')),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10, verbose_name='status')),
                        ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='catalogue of')),
                        ('required', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('age_from', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='from age')),
                        ('age_to', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='to age')),
                        ('sex', models.CharField(blank=True, choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                        ('exclusive_group', models.CharField(blank=True, max_length=40, verbose_name='not together with others of the group')),
                        ('free_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ('is_must', models.BooleanField(default=False, verbose_name='refuse people whom it is not for')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PackageItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='service_packages.packageversion')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='service_packages.item')),
                        ('times_per_year', models.PositiveSmallIntegerField(verbose_name='times a year')),
                        ('unit_price', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=10, verbose_name='unit price')),
                        ('anchor', models.CharField(choices=[('contract_year', 'times a contract year'), ('age_days', 'days of age'), ('age_months', 'months of age'), ('pregnancy_weeks', 'weeks of pregnancy'), ('delivery_days', 'days after delivery'), ('register_days', 'days on the register'), ('register_months', 'months on the register')], db_default='contract_year', default='contract_year', max_length=16, verbose_name='counted from')),
                        ('opens', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                        ('closes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                    ],
                    options={
                        'ordering': ('item__code',),
                        'constraints': [models.UniqueConstraint(fields=('version', 'item'), name='service_packages_item_once'), models.CheckConstraint(condition=models.Q(('times_per_year__gte', 1), ('times_per_year__lte', 366)), name='service_packages_item_times'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='service_packages_item_price'), models.CheckConstraint(condition=models.Q(('opens__len', models.F('closes__len')), models.Q(models.Q(('anchor', 'contract_year'), ('opens', [])), models.Q(models.Q(('anchor', 'contract_year'), _negated=True), models.Q(('opens', []), _negated=True)), _connector='OR')), name='service_packages_item_spans_are_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='PackageItemEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_packages.packageitem')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='service_packages.packageversion')),
                        ('item', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='service_packages.item')),
                        ('times_per_year', models.PositiveSmallIntegerField(verbose_name='times a year')),
                        ('unit_price', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=10, verbose_name='unit price')),
                        ('anchor', models.CharField(choices=[('contract_year', 'times a contract year'), ('age_days', 'days of age'), ('age_months', 'months of age'), ('pregnancy_weeks', 'weeks of pregnancy'), ('delivery_days', 'days after delivery'), ('register_days', 'days on the register'), ('register_months', 'months on the register')], db_default='contract_year', default='contract_year', max_length=16, verbose_name='counted from')),
                        ('opens', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                        ('closes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PayerShare',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='service_packages.packageversion')),
                        ('category', models.CharField(blank=True, max_length=20, verbose_name='category')),
                        ('payer', models.CharField(choices=[('public_health_fund', 'public health fund'), ('medical_insurance', 'medical insurance'), ('resident', 'resident'), ('finance', 'finance'), ('civil_affairs', 'civil affairs'), ('disabled_federation', "disabled persons' federation"), ('poverty_relief', 'poverty relief'), ('family_planning', 'family planning'), ('institution_discount', "institution's discount"), ('city_finance', 'city finance'), ('district_finance', 'district finance')], max_length=24, verbose_name='payer')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                    ],
                    options={
                        'ordering': ('category', 'payer'),
                        'constraints': [models.UniqueConstraint(fields=('version', 'category', 'payer'), name='service_packages_share_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='service_packages_share_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='PayerShareEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_packages.payershare')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='service_packages.packageversion')),
                        ('category', models.CharField(blank=True, max_length=20, verbose_name='category')),
                        ('payer', models.CharField(choices=[('public_health_fund', 'public health fund'), ('medical_insurance', 'medical insurance'), ('resident', 'resident'), ('finance', 'finance'), ('civil_affairs', 'civil affairs'), ('disabled_federation', "disabled persons' federation"), ('poverty_relief', 'poverty relief'), ('family_planning', 'family planning'), ('institution_discount', "institution's discount"), ('city_finance', 'city finance'), ('district_finance', 'district finance')], max_length=24, verbose_name='payer')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='item',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_packages_itemevent" ("code", "deciding", "id", "kind", "modes", "name", "performers", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "readings", "unit_price") VALUES (OLD."code", OLD."deciding", OLD."id", OLD."kind", OLD."modes", OLD."name", OLD."performers", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."readings", OLD."unit_price"); RETURN NULL;', hash='e2153730dd27433303edcc75967381583dad9465', operation='UPDATE', pgid='pgtrigger_update_update_83b28', table='service_packages_item', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='item',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_packages_itemevent" ("code", "deciding", "id", "kind", "modes", "name", "performers", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "readings", "unit_price") VALUES (OLD."code", OLD."deciding", OLD."id", OLD."kind", OLD."modes", OLD."name", OLD."performers", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."readings", OLD."unit_price"); RETURN NULL;', hash='a6939b9db2d62b2bde1c93e162b757a052fcb294', operation='DELETE', pgid='pgtrigger_delete_delete_d0772', table='service_packages_item', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='package',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_packages_packageevent" ("code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='b425a6de8e9d4570c3b6ecf40bdc0182daab43be', operation='UPDATE', pgid='pgtrigger_update_update_631c0', table='service_packages_package', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='package',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_packages_packageevent" ("code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='d698f18b1d38fa030624105c7f29c87b50c60695', operation='DELETE', pgid='pgtrigger_delete_delete_6a61c', table='service_packages_package', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageversion',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_packages_packageversionevent" ("age_from", "age_to", "annual_price", "categories", "exclusive_group", "free_for", "id", "is_must", "name", "number", "package_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "required", "sex", "status", "tier", "year") VALUES (OLD."age_from", OLD."age_to", OLD."annual_price", OLD."categories", OLD."exclusive_group", OLD."free_for", OLD."id", OLD."is_must", OLD."name", OLD."number", OLD."package_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."required", OLD."sex", OLD."status", OLD."tier", OLD."year"); RETURN NULL;', hash='9c2030c73f46e0bc859ef6d4e36bd3a70b2d0e62', operation='UPDATE', pgid='pgtrigger_update_update_abb34', table='service_packages_packageversion', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageversion',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_packages_packageversionevent" ("age_from", "age_to", "annual_price", "categories", "exclusive_group", "free_for", "id", "is_must", "name", "number", "package_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "required", "sex", "status", "tier", "year") VALUES (OLD."age_from", OLD."age_to", OLD."annual_price", OLD."categories", OLD."exclusive_group", OLD."free_for", OLD."id", OLD."is_must", OLD."name", OLD."number", OLD."package_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."required", OLD."sex", OLD."status", OLD."tier", OLD."year"); RETURN NULL;', hash='16df1b80f561b198b55e46fc59839ef884e835af', operation='DELETE', pgid='pgtrigger_delete_delete_a4392', table='service_packages_packageversion', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageversion',
                    trigger=pgtrigger.compiler.Trigger(name='only_drafts_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    if exists (select from contracts_coveragepackage held where held.version_id = OLD.id) then\n        if tg_op = 'DELETE' then raise exception 'a version that is or was in use never changes' using errcode = 'restrict_violation'; end if;\n        if NEW.status <> 'draft' then OLD.status = NEW.status; end if;\n        if OLD is distinct from NEW then raise exception 'a version that is or was in use never changes' using errcode = 'restrict_violation'; end if;\n    end if;\n    if tg_op = 'DELETE' then return OLD; end if;\n    return NEW;\n", hash='24b03d2e38eec8b0f951c47c31ea2ef4cae078a0', operation='UPDATE OR DELETE', pgid='pgtrigger_only_drafts_change_30dd8', table='service_packages_packageversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageitem',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_packages_packageitemevent" ("anchor", "closes", "id", "item_id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "times_per_year", "unit_price", "version_id") VALUES (OLD."anchor", OLD."closes", OLD."id", OLD."item_id", OLD."opens", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."times_per_year", OLD."unit_price", OLD."version_id"); RETURN NULL;', hash='0246e089149dcd195f994df3c4d4ecb7efdb77f2', operation='UPDATE', pgid='pgtrigger_update_update_380f6', table='service_packages_packageitem', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageitem',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_packages_packageitemevent" ("anchor", "closes", "id", "item_id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "times_per_year", "unit_price", "version_id") VALUES (OLD."anchor", OLD."closes", OLD."id", OLD."item_id", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."times_per_year", OLD."unit_price", OLD."version_id"); RETURN NULL;', hash='9f2300385843aa36c4c6dceca7be49d701688d8c', operation='DELETE', pgid='pgtrigger_delete_delete_7224a', table='service_packages_packageitem', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='packageitem',
                    trigger=pgtrigger.compiler.Trigger(name='only_drafts_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    if exists (\n        select from service_packages_packageversion version\n        where id = case when tg_op = 'DELETE' then OLD.version_id else NEW.version_id end and exists (select from contracts_coveragepackage held where held.version_id = version.id)\n    ) then raise exception 'a version that is or was in use never changes' using errcode = 'restrict_violation'; end if;\n    if tg_op = 'DELETE' then return OLD; end if;\n    return NEW;\n", hash='d9630bd34015e156594c90653bc4119617a8246c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_drafts_change_226a5', table='service_packages_packageitem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='payershare',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_packages_payershareevent" ("amount", "category", "id", "payer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version_id") VALUES (OLD."amount", OLD."category", OLD."id", OLD."payer", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."version_id"); RETURN NULL;', hash='fb79f65c44da7d85e311189923463aebcd96f064', operation='UPDATE', pgid='pgtrigger_update_update_5999a', table='service_packages_payershare', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='payershare',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_packages_payershareevent" ("amount", "category", "id", "payer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version_id") VALUES (OLD."amount", OLD."category", OLD."id", OLD."payer", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."version_id"); RETURN NULL;', hash='c515680c48fb6553d922d814bcead536de6973dd', operation='DELETE', pgid='pgtrigger_delete_delete_1c532', table='service_packages_payershare', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='payershare',
                    trigger=pgtrigger.compiler.Trigger(name='only_drafts_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    if exists (\n        select from service_packages_packageversion version\n        where id = case when tg_op = 'DELETE' then OLD.version_id else NEW.version_id end and exists (select from contracts_coveragepackage held where held.version_id = version.id)\n    ) then raise exception 'a version that is or was in use never changes' using errcode = 'restrict_violation'; end if;\n    if tg_op = 'DELETE' then return OLD; end if;\n    return NEW;\n", hash='0acc1aacfb40d1c8c1188b01bd6bbf6b5f08523c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_drafts_change_e2060', table='service_packages_payershare', when='BEFORE')),
                ),
            ],
        ),
    ]
