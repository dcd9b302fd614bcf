import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import teams.schema
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0002_settings_set_by'),
    ]

    operations = [
        # Nearly every model is related to accounts: together they are rendered once (docs/adr/0014).
        teams.schema.CreateTogether(
            operations=[
                migrations.AlterModelManagers(
                    name='user',
                    managers=[
                    ],
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='user',
                    name='update_update',
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='user',
                    name='delete_delete',
                ),
                migrations.AddField(
                    model_name='user',
                    name='must_change_password',
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name='user',
                    name='opened_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='userevent',
                    name='must_change_password',
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name='userevent',
                    name='opened_by',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='auditevent',
                    name='kind',
                    field=models.CharField(choices=[('log_in', 'log-in'), ('log_in_failed', 'failed log-in'), ('log_out', 'log-out'), ('locked_out', 'locked out'), ('refused', 'refused access'), ('reveal', 'identity looked at'), ('people', 'list of people looked at'), ('export', 'export'), ('import', 'import'), ('compute', 'month computed'), ('freeze', 'month frozen'), ('verify', 'frozen month verified'), ('account', 'account made or changed'), ('privilege', 'privileges of a contract asked for'), ('backup', 'backup or restore')], max_length=20, verbose_name='kind'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."must_change_password" IS DISTINCT FROM (NEW."must_change_password") OR OLD."opened_by_id" IS DISTINCT FROM (NEW."opened_by_id") OR OLD."password" IS DISTINCT FROM (NEW."password") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."staff_id" IS DISTINCT FROM (NEW."staff_id") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "teams_userevent" ("date_joined", "email", "first_name", "id", "institution_id", "is_active", "is_staff", "is_superuser", "last_name", "must_change_password", "opened_by_id", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "staff_id", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."institution_id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."last_name", OLD."must_change_password", OLD."opened_by_id", OLD."password", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."roles", OLD."staff_id", OLD."username"); RETURN NULL;', hash='ca3ca975e154039b03b0d1d05dbd0209733607e8', operation='UPDATE', pgid='pgtrigger_update_update_5a40a', table='teams_user', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "teams_userevent" ("date_joined", "email", "first_name", "id", "institution_id", "is_active", "is_staff", "is_superuser", "last_name", "must_change_password", "opened_by_id", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "staff_id", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."institution_id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."last_name", OLD."must_change_password", OLD."opened_by_id", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."roles", OLD."staff_id", OLD."username"); RETURN NULL;', hash='37b0a6ad593f6a8da3592e7a96b0a76ae052399d', operation='DELETE', pgid='pgtrigger_delete_delete_2c6e6', table='teams_user', when='AFTER')),
                ),
            ],
        ),
    ]
