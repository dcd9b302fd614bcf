from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0006_team_of_obligations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='batchline',
            name='outcome',
            field=models.CharField(choices=[('open', 'to be done'), ('done', 'done'), ('refused', 'not possible'), ('failed', 'failed')], default='open', max_length=8, verbose_name='outcome'),
        ),
    ]
