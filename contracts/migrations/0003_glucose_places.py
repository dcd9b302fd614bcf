import contracts.models.ledger
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0002_fee_accounts'),
    ]

    operations = [
        # It reads the column; assessments makes it again.
        migrations.RunSQL('drop view if exists fact_service', migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='service',
            name='fasting_glucose',
            field=contracts.models.ledger.MeasuredField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='fasting glucose'),
        ),
        migrations.AlterField(
            model_name='serviceevent',
            name='fasting_glucose',
            field=contracts.models.ledger.MeasuredField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='fasting glucose'),
        ),
    ]
