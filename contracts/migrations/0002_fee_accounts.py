from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0001_initial'),
    ]

    operations = [
        # Counted again within the hour; until then pages work everything out.
        migrations.RunSQL('delete from contracts_feeaccount; delete from contracts_feecount;', migrations.RunSQL.noop),
        migrations.RemoveField(model_name='feeaccount', name='coverage'),
        migrations.AddField(
            model_name='feeaccount',
            name='version',
            field=models.PositiveIntegerField(),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='feeaccount',
            index=models.Index(fields=['payer', 'since', '-open', '-back', 'contract'], name='contracts_feeaccount_desk'),
        ),
        migrations.AddConstraint(
            model_name='feeaccount',
            constraint=models.UniqueConstraint(fields=('contract', 'payer'), name='contracts_feeaccount_once'),
        ),
    ]
