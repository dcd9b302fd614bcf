
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0007_coverage_team'),
    ]

    operations = [
        migrations.AlterField(
            model_name='feeentry',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt'), ('waiver', 'fee waived'), ('waiver_cut', 'waiver of what is owed no longer'), ('refund', 'refund'), ('carried_out', 'carried to the next contract'), ('carried_in', 'carried from the contract before')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='feeentryevent',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt'), ('waiver', 'fee waived'), ('waiver_cut', 'waiver of what is owed no longer'), ('refund', 'refund'), ('carried_out', 'carried to the next contract'), ('carried_in', 'carried from the contract before')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddIndex(
            model_name='feeentry',
            index=models.Index(condition=models.Q(('kind', 'receipt'), models.Q(('payer', 'resident'), _negated=True)), fields=['on'], name='contracts_feeentry_payments'),
        ),
    ]
