import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import teams.models.dated
import teams.schema
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('teams', '0002_submissions'), ('teams', '0003_freezing'), ('teams', '0004_import_rounds'), ('teams', '0005_lists_and_exports'), ('teams', '0006_api_keys'), ('teams', '0001_squashed')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        django.contrib.postgres.operations.TrigramExtension(
        ),
        teams.schema.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='Division',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=12, unique=True, verbose_name='division code')),
                        ('name', models.CharField(max_length=60, verbose_name='division name')),
                        ('level', models.CharField(choices=[('province', 'province'), ('city', 'city'), ('county', 'county'), ('township', 'township'), ('village', 'village')], max_length=10, verbose_name='level')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='teams.division')),
                    ],
                    options={
                        'verbose_name': 'division',
                        'verbose_name_plural': 'divisions',
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='DivisionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.division')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=12, verbose_name='division code')),
                        ('name', models.CharField(max_length=60, verbose_name='division name')),
                        ('level', models.CharField(choices=[('province', 'province'), ('city', 'city'), ('county', 'county'), ('township', 'township'), ('village', 'village')], max_length=10, verbose_name='level')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Institution',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, unique=True, verbose_name='institution code')),
                        ('name', models.CharField(max_length=80, verbose_name='institution name')),
                        ('kind', models.CharField(choices=[('bureau', 'health bureau'), ('lead_hospital', 'lead hospital'), ('hospital', 'hospital'), ('township_center', 'township health centre'), ('community_center', 'community health centre'), ('village_clinic', 'village clinic')], max_length=20, verbose_name='kind')),
                        ('setting', models.CharField(blank=True, choices=[('urban', 'urban'), ('rural', 'rural')], max_length=5, verbose_name='urban or rural')),
                        ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='institutions', to='teams.division')),
                    ],
                    options={
                        'verbose_name': 'institution',
                        'verbose_name_plural': 'institutions',
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='InstitutionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.institution')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=40, verbose_name='institution code')),
                        ('name', models.CharField(max_length=80, verbose_name='institution name')),
                        ('kind', models.CharField(choices=[('bureau', 'health bureau'), ('lead_hospital', 'lead hospital'), ('hospital', 'hospital'), ('township_center', 'township health centre'), ('community_center', 'community health centre'), ('village_clinic', 'village clinic')], max_length=20, verbose_name='kind')),
                        ('setting', models.CharField(blank=True, choices=[('urban', 'urban'), ('rural', 'rural')], max_length=5, verbose_name='urban or rural')),
                        ('division', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='InstitutionParent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parents', to='teams.institution')),
                        ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='children', to='teams.institution')),
                    ],
                    options={
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('institution', '='), (teams.models.dated.DateRange(models.F('from_on'), models.F('to_on')), '&&')], name='teams_institutionparent_one_at_a_time'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='teams_institutionparent_ordered'), models.CheckConstraint(condition=models.Q(('institution', models.F('parent')), _negated=True), name='teams_institutionparent_not_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='InstitutionParentEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.institutionparent')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('parent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Staff',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('staff_no', models.CharField(max_length=40, unique=True, verbose_name='staff number')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('job', models.CharField(choices=[('general_practice', 'general practice'), ('internal_medicine', 'internal medicine'), ('surgery', 'surgery'), ('gynaecology', 'gynaecology'), ('paediatrics', 'paediatrics'), ('tcm', 'Chinese medicine'), ('public_health', 'public health'), ('nurse', 'nurse'), ('pharmacist', 'pharmacist'), ('health_manager', 'health manager'), ('village_doctor', 'village doctor'), ('specialist', 'specialist'), ('grid_worker', 'grid worker'), ('other', 'other')], max_length=20, verbose_name='role')),
                        ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='teams.institution')),
                        ('phone_cipher', models.BinaryField(blank=True, null=True)),
                        ('phone_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('joined_on', models.DateField(blank=True, null=True, verbose_name='joined on')),
                        ('left_on', models.DateField(blank=True, null=True, verbose_name='left on')),
                    ],
                    options={
                        'verbose_name': 'staff',
                        'ordering': ('staff_no',),
                        'indexes': [models.Index(fields=['phone_hash'], name='teams_staff_phone')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('left_on', None), ('joined_on', None), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='teams_staff_leaves_after_joining')],
                    },
                ),
                migrations.CreateModel(
                    name='StaffEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.staff')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('staff_no', models.CharField(max_length=40, verbose_name='staff number')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('job', models.CharField(choices=[('general_practice', 'general practice'), ('internal_medicine', 'internal medicine'), ('surgery', 'surgery'), ('gynaecology', 'gynaecology'), ('paediatrics', 'paediatrics'), ('tcm', 'Chinese medicine'), ('public_health', 'public health'), ('nurse', 'nurse'), ('pharmacist', 'pharmacist'), ('health_manager', 'health manager'), ('village_doctor', 'village doctor'), ('specialist', 'specialist'), ('grid_worker', 'grid worker'), ('other', 'other')], max_length=20, verbose_name='role')),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('phone_cipher', models.BinaryField(blank=True, null=True)),
                        ('phone_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('joined_on', models.DateField(blank=True, null=True, verbose_name='joined on')),
                        ('left_on', models.DateField(blank=True, null=True, verbose_name='left on')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Team',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40, unique=True, verbose_name='team code')),
                        ('name', models.CharField(max_length=80, verbose_name='team name')),
                        ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='teams.institution')),
                        ('formed_on', models.DateField(blank=True, null=True, verbose_name='formed on')),
                        ('dissolved_on', models.DateField(blank=True, null=True, verbose_name='dissolved on')),
                    ],
                    options={
                        'verbose_name': 'team',
                        'verbose_name_plural': 'teams',
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('dissolved_on', None), ('formed_on', None), ('dissolved_on__gte', models.F('formed_on')), _connector='OR'), name='teams_team_dissolved_after_forming')],
                    },
                ),
                migrations.CreateModel(
                    name='TeamEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.team')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=40, verbose_name='team code')),
                        ('name', models.CharField(max_length=80, verbose_name='team name')),
                        ('institution', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('formed_on', models.DateField(blank=True, null=True, verbose_name='formed on')),
                        ('dissolved_on', models.DateField(blank=True, null=True, verbose_name='dissolved on')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='TeamMember',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='teams.team')),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='teams.staff')),
                        ('is_leader', models.BooleanField(default=False, verbose_name='leader')),
                    ],
                    options={
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('team', '='), ('staff', '='), (teams.models.dated.DateRange(models.F('from_on'), models.F('to_on')), '&&')], name='teams_teammember_one_at_a_time'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='teams_teammember_ordered')],
                    },
                ),
                migrations.CreateModel(
                    name='TeamMemberEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.teammember')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('team', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.team')),
                        ('staff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.staff')),
                        ('is_leader', models.BooleanField(default=False, verbose_name='leader')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='TeamVillage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='villages', to='teams.team')),
                        ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='serving', to='teams.division')),
                    ],
                    options={
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('team', '='), ('village', '='), (teams.models.dated.DateRange(models.F('from_on'), models.F('to_on')), '&&')], name='teams_teamvillage_one_at_a_time'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='teams_teamvillage_ordered')],
                    },
                ),
                migrations.CreateModel(
                    name='TeamVillageEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.teamvillage')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('from_on', models.DateField(default=datetime.date(1900, 1, 1), verbose_name='from')),
                        ('to_on', models.DateField(blank=True, null=True, verbose_name='until (exclusive)')),
                        ('team', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.team')),
                        ('village', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.division')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='teams.institution')),
                        ('staff', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='account', to='teams.staff')),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clerk', 'clerk'), ('doctor', 'doctor'), ('official', 'official'), ('administrator', 'administrator'), ('auditor', 'auditor')], max_length=20), blank=True, default=list, size=None)),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': 'account',
                    },
                    managers=[
                        ('objects', django.contrib.auth.models.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name='UserEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('institution', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.institution')),
                        ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='teams.staff')),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clerk', 'clerk'), ('doctor', 'doctor'), ('official', 'official'), ('administrator', 'administrator'), ('auditor', 'auditor')], max_length=20), blank=True, default=list, size=None)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AuditEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                        ('kind', models.CharField(choices=[('log_in', 'log-in'), ('log_in_failed', 'failed log-in'), ('log_out', 'log-out'), ('locked_out', 'locked out'), ('refused', 'refused access'), ('reveal', 'identity looked at'), ('people', 'list of people looked at'), ('export', 'export'), ('import', 'import'), ('compute', 'month computed'), ('freeze', 'month frozen'), ('verify', 'frozen month verified'), ('account', 'account made'), ('privilege', 'privileges of a contract asked for'), ('backup', 'backup or restore')], max_length=20, verbose_name='kind')),
                        ('user_id', models.BigIntegerField(null=True)),
                        ('username', models.CharField(blank=True, max_length=150, verbose_name='user name')),
                        ('address', models.GenericIPAddressField(null=True, verbose_name='network address')),
                        ('what', models.CharField(blank=True, max_length=200, verbose_name='what')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('previous_sha256', models.CharField(max_length=64, unique=True)),
                        ('sha256', models.CharField(max_length=64, unique=True)),
                    ],
                    options={
                        'verbose_name': 'line of the audit trail',
                        'verbose_name_plural': 'audit trail',
                        'ordering': ('id',),
                        'indexes': [models.Index(fields=['user_id', 'at'], name='teams_auditevent_user')],
                    },
                ),
                migrations.CreateModel(
                    name='Export',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('query', models.CharField(blank=True, max_length=1000)),
                        ('language', models.CharField(max_length=10)),
                        ('form', models.CharField(choices=[('xlsx', '.xlsx'), ('csv', '.csv')], default='xlsx', max_length=4, verbose_name='format')),
                        ('whole', models.BooleanField(default=False, verbose_name='whole identities')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('status', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('expired', 'no longer kept')], default='queued', max_length=10, verbose_name='status')),
                        ('rows_total', models.PositiveIntegerField(null=True)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('size', models.PositiveBigIntegerField(null=True)),
                        ('sha256', models.CharField(blank=True, max_length=64)),
                        ('error', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('expires_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'verbose_name': 'export',
                        'ordering': ('-id',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('whole', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='teams_export_whole_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='ExportPart',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='teams.export')),
                        ('number', models.PositiveIntegerField()),
                        ('content', models.BinaryField()),
                    ],
                    options={
                        'ordering': ('number',),
                        'constraints': [models.UniqueConstraint(fields=('export', 'number'), name='teams_exportpart_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Import',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('created', models.PositiveIntegerField(default=0)),
                        ('updated', models.PositiveIntegerField(default=0)),
                        ('unchanged', models.PositiveIntegerField(default=0)),
                        ('rejected', models.PositiveIntegerField(default=0)),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('filename', models.CharField(max_length=200, verbose_name='file')),
                        ('content', models.BinaryField()),
                        ('sha256', models.CharField(db_index=True, max_length=64)),
                        ('status', models.CharField(choices=[('queued', 'waiting for its check'), ('checking', 'being checked'), ('checked', 'to be confirmed'), ('confirmed', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'not read'), ('discarded', 'discarded'), ('undoing', 'being undone'), ('undone', 'undone')], default='queued', max_length=10, verbose_name='status')),
                        ('rows_total', models.PositiveIntegerField(null=True)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('sheet', models.CharField(blank=True, max_length=100)),
                        ('other_sheets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None)),
                        ('sample', models.BinaryField(default=b'')),
                        ('error', models.TextField(blank=True)),
                        ('notice', models.TextField(blank=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to=settings.AUTH_USER_MODEL)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('undone_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-id',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('created'), '+', models.F('updated')), '+', models.F('unchanged')), '+', models.F('rejected')))), name='teams_import_totals_balance')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportRound',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('created', models.PositiveIntegerField(default=0)),
                        ('updated', models.PositiveIntegerField(default=0)),
                        ('unchanged', models.PositiveIntegerField(default=0)),
                        ('rejected', models.PositiveIntegerField(default=0)),
                        ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rounds', to='teams.import')),
                        ('number', models.PositiveSmallIntegerField()),
                        ('filename', models.CharField(max_length=200)),
                        ('sha256', models.CharField(max_length=64)),
                        ('refused', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=list, size=None)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('sent_at', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'ordering': ('number',),
                        'constraints': [models.UniqueConstraint(fields=('imported', 'number'), name='teams_importround_number'), models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('created'), '+', models.F('updated')), '+', models.F('unchanged')), '+', models.F('rejected')))), name='teams_importround_totals_balance')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportReject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejects', to='teams.import')),
                        ('round_number', models.PositiveSmallIntegerField(default=1)),
                        ('row_number', models.PositiveIntegerField()),
                        ('column', models.CharField(blank=True, max_length=40)),
                        ('reason', models.TextField()),
                        ('reason_en', models.TextField(blank=True)),
                        ('cells', models.BinaryField()),
                    ],
                    options={
                        'ordering': ('round_number', 'row_number'),
                        'constraints': [models.UniqueConstraint(fields=('imported', 'round_number', 'row_number'), name='teams_importreject_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportTrace',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='traces', to='teams.import')),
                        ('table', models.CharField(max_length=63)),
                        ('context', models.UUIDField()),
                        ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                    ],
                    options={
                        'ordering': ('id',),
                    },
                ),
                migrations.CreateModel(
                    name='SavedFilter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
                        ('page', models.CharField(max_length=60)),
                        ('name', models.CharField(blank=True, max_length=40, verbose_name='name')),
                        ('query', models.CharField(max_length=1000)),
                    ],
                    options={
                        'ordering': ('name',),
                        'constraints': [models.UniqueConstraint(fields=('user', 'page', 'name'), name='teams_savedfilter_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PolicyValue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=60, verbose_name='setting')),
                        ('value', models.JSONField(verbose_name='value')),
                        ('from_on', models.DateField(verbose_name='from')),
                    ],
                    options={
                        'verbose_name': 'policy value',
                        'verbose_name_plural': 'policy values',
                        'ordering': ('code', 'from_on'),
                        'constraints': [models.UniqueConstraint(fields=('code', 'from_on'), name='teams_policyvalue_one_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='PolicyValueEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.policyvalue')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.CharField(max_length=60, verbose_name='setting')),
                        ('value', models.JSONField(verbose_name='value')),
                        ('from_on', models.DateField(verbose_name='from')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Submission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.UUIDField(unique=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('location', models.CharField(blank=True, max_length=200)),
                        ('sent_at', models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='ApiToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('sha256', models.CharField(max_length=64, unique=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('last_used_on', models.DateField(blank=True, null=True, verbose_name='last used on')),
                        ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                    ],
                    options={
                        'verbose_name': 'API key',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('name',), name='teams_apitoken_name')],
                    },
                ),
                migrations.CreateModel(
                    name='ApiTokenEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='teams.apitoken')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('sha256', models.CharField(max_length=64)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='division',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_divisionevent" ("code", "id", "level", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."level", OLD."name", OLD."parent_id", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='7c91edab29e969b1d406034893eea58e6b8e3054', operation='UPDATE', pgid='pgtrigger_update_update_86c42', table='teams_division', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='division',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_divisionevent" ("code", "id", "level", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."level", OLD."name", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='48b26d146b5b07c118f4cef12c2be63eb7d54c7d', operation='DELETE', pgid='pgtrigger_delete_delete_ba124', table='teams_division', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='institution',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_institutionevent" ("code", "division_id", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "setting") VALUES (OLD."code", OLD."division_id", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."setting"); RETURN NULL;', hash='9c6cbc00d5a0e0a4478b44964127e6040dc26ec1', operation='UPDATE', pgid='pgtrigger_update_update_d6444', table='teams_institution', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='institution',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_institutionevent" ("code", "division_id", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "setting") VALUES (OLD."code", OLD."division_id", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."setting"); RETURN NULL;', hash='d46bd1299a6eb6b75b728a9e9451fdd590331015', operation='DELETE', pgid='pgtrigger_delete_delete_0bfe0', table='teams_institution', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='institutionparent',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_institutionparentevent" ("from_on", "id", "institution_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_on") VALUES (OLD."from_on", OLD."id", OLD."institution_id", OLD."parent_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."to_on"); RETURN NULL;', hash='e215bf24fe3fae6c4486b2fbbe13e170ce8e200b', operation='UPDATE', pgid='pgtrigger_update_update_0af0a', table='teams_institutionparent', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='institutionparent',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_institutionparentevent" ("from_on", "id", "institution_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_on") VALUES (OLD."from_on", OLD."id", OLD."institution_id", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."to_on"); RETURN NULL;', hash='66ba122fb733d998efe2a4f98e57ed18b842a804', operation='DELETE', pgid='pgtrigger_delete_delete_32034', table='teams_institutionparent', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='staff',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_staffevent" ("id", "institution_id", "job", "joined_on", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_hash", "staff_no") VALUES (OLD."id", OLD."institution_id", OLD."job", OLD."joined_on", OLD."left_on", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone_cipher", OLD."phone_hash", OLD."staff_no"); RETURN NULL;', hash='29c0690d1f73ef0cb455ab9d78622fbc9eeba88b', operation='UPDATE', pgid='pgtrigger_update_update_1efbd', table='teams_staff', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='staff',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_staffevent" ("id", "institution_id", "job", "joined_on", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_hash", "staff_no") VALUES (OLD."id", OLD."institution_id", OLD."job", OLD."joined_on", OLD."left_on", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone_cipher", OLD."phone_hash", OLD."staff_no"); RETURN NULL;', hash='02385d965d70f66c10ece25351749494c5b76b0a', operation='DELETE', pgid='pgtrigger_delete_delete_4c9c1', table='teams_staff', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='team',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_teamevent" ("code", "dissolved_on", "formed_on", "id", "institution_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."dissolved_on", OLD."formed_on", OLD."id", OLD."institution_id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='02db8611cbf16018895b2ec530b77f2df1b07891', operation='UPDATE', pgid='pgtrigger_update_update_17c2b', table='teams_team', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='team',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_teamevent" ("code", "dissolved_on", "formed_on", "id", "institution_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."dissolved_on", OLD."formed_on", OLD."id", OLD."institution_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='a50dd4586b1ce437c248a38deb73842565d3f63d', operation='DELETE', pgid='pgtrigger_delete_delete_6cc68', table='teams_team', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='teammember',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_teammemberevent" ("from_on", "id", "is_leader", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_id", "team_id", "to_on") VALUES (OLD."from_on", OLD."id", OLD."is_leader", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."staff_id", OLD."team_id", OLD."to_on"); RETURN NULL;', hash='4f9c9cc0d8d259e5adfc540e42f9a28e63d1314c', operation='UPDATE', pgid='pgtrigger_update_update_73ecb', table='teams_teammember', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='teammember',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_teammemberevent" ("from_on", "id", "is_leader", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_id", "team_id", "to_on") VALUES (OLD."from_on", OLD."id", OLD."is_leader", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."staff_id", OLD."team_id", OLD."to_on"); RETURN NULL;', hash='aa01ffea076cddad1b065daf1431abd931a32eca', operation='DELETE', pgid='pgtrigger_delete_delete_31684', table='teams_teammember', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='teamvillage',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_teamvillageevent" ("from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "to_on", "village_id") VALUES (OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."team_id", OLD."to_on", OLD."village_id"); RETURN NULL;', hash='2b42074963c8aa638f4b7fdce66ea193edee2601', operation='UPDATE', pgid='pgtrigger_update_update_eedd7', table='teams_teamvillage', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='teamvillage',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_teamvillageevent" ("from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "to_on", "village_id") VALUES (OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."team_id", OLD."to_on", OLD."village_id"); RETURN NULL;', hash='e80b204dda70b00bc27436bd7fcbb02bf3e70ff8', operation='DELETE', pgid='pgtrigger_delete_delete_39b51', table='teams_teamvillage', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."password" IS DISTINCT FROM (NEW."password") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."staff_id" IS DISTINCT FROM (NEW."staff_id") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "teams_userevent" ("date_joined", "email", "first_name", "id", "institution_id", "is_active", "is_staff", "is_superuser", "last_name", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "staff_id", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."institution_id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."last_name", OLD."password", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."roles", OLD."staff_id", OLD."username"); RETURN NULL;', hash='b2c3537ee2ec533c372d8c0b64d12681c927985d', operation='UPDATE', pgid='pgtrigger_update_update_5a40a', table='teams_user', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_userevent" ("date_joined", "email", "first_name", "id", "institution_id", "is_active", "is_staff", "is_superuser", "last_name", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "staff_id", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."institution_id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."last_name", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."roles", OLD."staff_id", OLD."username"); RETURN NULL;', hash='2f2f90831a1566fa401e8b9f17c29ab74fb9c326', operation='DELETE', pgid='pgtrigger_delete_delete_2c6e6', table='teams_user', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bd16146b5919036c3b154bee69f0dfd13e177071', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_72af4', table='teams_auditevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='policyvalue',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "teams_policyvalueevent" ("code", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."code", OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."value"); RETURN NULL;', hash='0aa7ade5337cff818654c7a4e0b3c692ac881afa', operation='UPDATE', pgid='pgtrigger_update_update_13c59', table='teams_policyvalue', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='policyvalue',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_policyvalueevent" ("code", "from_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."code", OLD."from_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."value"); RETURN NULL;', hash='002d79a873548695a7fc5dbdc037e50ca25bd6ed', operation='DELETE', pgid='pgtrigger_delete_delete_223ee', table='teams_policyvalue', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='apitoken',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "teams_apitokenevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "sha256", "user_id") VALUES (OLD."created_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."revoked_at", OLD."sha256", OLD."user_id"); RETURN NULL;', hash='cac5e99080825d8c044cba1de49d7d92080b709f', operation='UPDATE', pgid='pgtrigger_update_update_8d26e', table='teams_apitoken', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='apitoken',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_apitokenevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "sha256", "user_id") VALUES (OLD."created_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."sha256", OLD."user_id"); RETURN NULL;', hash='b106325bc951bd60591903d51866a44de5158ad7', operation='DELETE', pgid='pgtrigger_delete_delete_be002', table='teams_apitoken', when='AFTER')),
                ),
            ],
        ),
    ]
