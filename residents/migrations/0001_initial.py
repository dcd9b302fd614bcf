import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import residents.models
import teams.schema
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('residents', '0002_entered_at'), ('residents', '0003_delivery_dates'), ('residents', '0004_search_and_merge'), ('residents', '0005_list_orders'), ('residents', '0006_population_indexes'), ('residents', '0001_squashed'), ('residents', '0002_list_indexes'), ('residents', '0003_known_late')]

    initial = True

    dependencies = [
        ('teams', '0001_initial'),
    ]

    operations = [
        teams.schema.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='AddedRegister',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('bit', models.PositiveSmallIntegerField(unique=True, verbose_name='bit')),
                    ],
                    options={
                        'verbose_name': 'added register',
                        'verbose_name_plural': 'added registers',
                        'constraints': [models.CheckConstraint(condition=models.Q(('bit__gte', 10), ('bit__lte', 30)), name='residents_addedregister_bit_is_free')],
                    },
                ),
                migrations.CreateModel(
                    name='Household',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(max_length=40, unique=True, verbose_name='household number')),
                    ],
                    options={
                        'verbose_name': 'household',
                    },
                ),
                migrations.CreateModel(
                    name='HouseholdEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='residents.household')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('number', models.CharField(max_length=40, verbose_name='household number')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Resident',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('person', models.BigIntegerField()),
                        ('id_cipher', models.BinaryField()),
                        ('id_hash', models.BinaryField(max_length=32)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('initials', models.CharField(blank=True, max_length=60)),
                        ('sex', models.CharField(choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                        ('birth_date', models.DateField(verbose_name='birth date')),
                        ('phone_cipher', models.BinaryField(blank=True, null=True)),
                        ('phone_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('phone_problem', models.CharField(blank=True, max_length=20, verbose_name='problem of the phone number')),
                        ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='residents.household')),
                        ('is_head', models.BooleanField(default=False, verbose_name='head of household')),
                        ('village', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='teams.division')),
                        ('institution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='teams.institution')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                        ('registered_on', models.DateField(blank=True, null=True, verbose_name='registered on')),
                        ('moved_out_on', models.DateField(blank=True, null=True, verbose_name='moved out on')),
                        ('died_on', models.DateField(blank=True, null=True, verbose_name='died on')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='residents.resident')),
                    ],
                    options={
                        'verbose_name': 'resident',
                        'indexes': [models.Index(fields=['phone_hash'], name='residents_resident_phone'), models.Index(fields=['initials'], name='residents_resident_initials', opclasses=['varchar_pattern_ops']), models.Index(fields=['name'], name='residents_resident_name', opclasses=['varchar_pattern_ops']), models.Index(fields=['initials', 'name', 'id'], name='residents_resident_by_name'), models.Index(fields=['birth_date', 'id'], name='residents_resident_by_age'), django.contrib.postgres.indexes.GinIndex(residents.models.Characters('name'), name='residents_resident_characters'), django.contrib.postgres.indexes.GinIndex(fields=['address'], name='residents_resident_address', opclasses=['gin_trgm_ops']), models.Index(fields=['registered_on'], name='residents_resident_registered'), models.Index(condition=models.Q(('died_on__isnull', False)), fields=['died_on'], name='residents_resident_died'), models.Index(condition=models.Q(('moved_out_on__isnull', False)), fields=['moved_out_on'], name='residents_resident_moved_out'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='residents_resident_merged'), models.Index(condition=models.Q(('died_on__isnull', False), ('moved_out_on__isnull', False), _connector='OR'), fields=['id'], include=('died_on', 'moved_out_on'), name='residents_resident_gone'), models.Index(fields=['institution', 'initials', 'name', 'id'], include=('birth_date', 'registered_on', 'moved_out_on', 'died_on', 'merged_into', 'sex', 'phone_problem', 'village'), name='residents_resident_listed'), models.Index(fields=['village', 'initials', 'name', 'id'], include=('birth_date', 'registered_on', 'moved_out_on', 'died_on', 'merged_into', 'sex', 'phone_problem', 'institution'), name='residents_resident_at'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['entered_at'], name='residents_resident_entered', pages_per_range=32)],
                        'constraints': [models.UniqueConstraint(fields=('id_hash',), name='residents_resident_one_per_id'), models.UniqueConstraint(fields=('person',), name='residents_resident_one_per_person'), models.CheckConstraint(condition=models.Q(('died_on', None), ('died_on__gte', models.F('birth_date')), _connector='OR'), name='residents_resident_dies_after_birth'), models.CheckConstraint(condition=models.Q(('moved_out_on', None), ('moved_out_on__gte', models.F('birth_date')), _connector='OR'), name='residents_resident_moves_out_after_birth'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='residents_resident_not_merged_into_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='ResidentEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='residents.resident')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('person', models.BigIntegerField()),
                        ('id_cipher', models.BinaryField()),
                        ('id_hash', models.BinaryField(max_length=32)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('initials', models.CharField(blank=True, max_length=60)),
                        ('sex', models.CharField(choices=[('male', 'male'), ('female', 'female')], max_length=6, verbose_name='sex')),
                        ('birth_date', models.DateField(verbose_name='birth date')),
                        ('phone_cipher', models.BinaryField(blank=True, null=True)),
                        ('phone_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('phone_problem', models.CharField(blank=True, max_length=20, verbose_name='problem of the phone number')),
                        ('household', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.household')),
                        ('is_head', models.BooleanField(default=False, verbose_name='head of household')),
                        ('village', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                        ('registered_on', models.DateField(blank=True, null=True, verbose_name='registered on')),
                        ('moved_out_on', models.DateField(blank=True, null=True, verbose_name='moved out on')),
                        ('died_on', models.DateField(blank=True, null=True, verbose_name='died on')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('merged_into', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.resident')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_created_at'], name='residents_resident_changed', pages_per_range=32)],
                    },
                ),
                migrations.CreateModel(
                    name='Transfer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='residents.resident')),
                        ('on', models.DateField(verbose_name='from')),
                        ('from_institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.institution')),
                        ('from_village', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.division')),
                        ('to_institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.institution')),
                        ('to_village', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.division')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ],
                    options={
                        'ordering': ('on',),
                        'constraints': [models.UniqueConstraint(fields=('resident', 'on'), name='residents_transfer_one_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='TransferEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='residents.transfer')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('resident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.resident')),
                        ('on', models.DateField(verbose_name='from')),
                        ('from_institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('from_village', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                        ('to_institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('to_village', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Register',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registers', to='residents.resident')),
                        ('category', models.CharField(max_length=20, verbose_name='category')),
                        ('from_on', models.DateField(verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected date of delivery')),
                        ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered on')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('resident', 'category', 'from_on'), name='residents_register_once_a_day'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='residents_register_ordered')],
                        'indexes': [models.Index(fields=['category', 'resident'], include=('from_on', 'to_on'), name='residents_register_of'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['entered_at'], name='residents_register_entered', pages_per_range=32)],
                    },
                ),
                migrations.CreateModel(
                    name='RegisterEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='residents.register')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('resident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='residents.resident')),
                        ('category', models.CharField(max_length=20, verbose_name='category')),
                        ('from_on', models.DateField(verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected date of delivery')),
                        ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered on')),
                        ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_created_at'], name='residents_register_changed', pages_per_range=32)],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='household',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "residents_householdevent" ("id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='402a1590816a96b6d575ea22804ce46384ee1877', operation='UPDATE', pgid='pgtrigger_update_update_32302', table='residents_household', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='household',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "residents_householdevent" ("id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='06c5ddbf5493356b064d54c95fd69663f004c544', operation='DELETE', pgid='pgtrigger_delete_delete_73d59', table='residents_household', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='resident',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "residents_residentevent" ("address", "birth_date", "died_on", "entered_at", "household_id", "id", "id_cipher", "id_hash", "initials", "institution_id", "is_head", "merged_into_id", "moved_out_on", "name", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_hash", "phone_problem", "registered_on", "sex", "village_id") VALUES (OLD."address", OLD."birth_date", OLD."died_on", OLD."entered_at", OLD."household_id", OLD."id", OLD."id_cipher", OLD."id_hash", OLD."initials", OLD."institution_id", OLD."is_head", OLD."merged_into_id", OLD."moved_out_on", OLD."name", OLD."person", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone_cipher", OLD."phone_hash", OLD."phone_problem", OLD."registered_on", OLD."sex", OLD."village_id"); RETURN NULL;', hash='2b430cb0fa1b989c412851f2790fa3529d7fef1a', operation='UPDATE', pgid='pgtrigger_update_update_7908c', table='residents_resident', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='resident',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "residents_residentevent" ("address", "birth_date", "died_on", "entered_at", "household_id", "id", "id_cipher", "id_hash", "initials", "institution_id", "is_head", "merged_into_id", "moved_out_on", "name", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_hash", "phone_problem", "registered_on", "sex", "village_id") VALUES (OLD."address", OLD."birth_date", OLD."died_on", OLD."entered_at", OLD."household_id", OLD."id", OLD."id_cipher", OLD."id_hash", OLD."initials", OLD."institution_id", OLD."is_head", OLD."merged_into_id", OLD."moved_out_on", OLD."name", OLD."person", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone_cipher", OLD."phone_hash", OLD."phone_problem", OLD."registered_on", OLD."sex", OLD."village_id"); RETURN NULL;', hash='ec8d67dc30866f2b50f91e2f569186e2b29609d1', operation='DELETE', pgid='pgtrigger_delete_delete_3d2a9', table='residents_resident', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='transfer',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "residents_transferevent" ("entered_at", "from_institution_id", "from_village_id", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id", "to_institution_id", "to_village_id") VALUES (OLD."entered_at", OLD."from_institution_id", OLD."from_village_id", OLD."id", OLD."on", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."resident_id", OLD."to_institution_id", OLD."to_village_id"); RETURN NULL;', hash='ad05469b117b1cfb478836c8ba4b14aa0d4675d2', operation='UPDATE', pgid='pgtrigger_update_update_e7d20', table='residents_transfer', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='transfer',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "residents_transferevent" ("entered_at", "from_institution_id", "from_village_id", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id", "to_institution_id", "to_village_id") VALUES (OLD."entered_at", OLD."from_institution_id", OLD."from_village_id", OLD."id", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."resident_id", OLD."to_institution_id", OLD."to_village_id"); RETURN NULL;', hash='cda6f752a3c751ecb632fd41a9be13b57b71eae8', operation='DELETE', pgid='pgtrigger_delete_delete_bb972', table='residents_transfer', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='register',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "residents_registerevent" ("category", "delivered_on", "entered_at", "expected_on", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id", "to_on") VALUES (OLD."category", OLD."delivered_on", OLD."entered_at", OLD."expected_on", OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."resident_id", OLD."to_on"); RETURN NULL;', hash='d004ffe669c137d05db8a878694a0a3c01a6cba7', operation='UPDATE', pgid='pgtrigger_update_update_2039f', table='residents_register', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='register',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "residents_registerevent" ("category", "delivered_on", "entered_at", "expected_on", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id", "to_on") VALUES (OLD."category", OLD."delivered_on", OLD."entered_at", OLD."expected_on", OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."resident_id", OLD."to_on"); RETURN NULL;', hash='5dda98c27cb12663b9e235a1b6be682478739eb8', operation='DELETE', pgid='pgtrigger_delete_delete_68094', table='residents_register', when='AFTER')),
                ),
            ],
        ),
    ]
