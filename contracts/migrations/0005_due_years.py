from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0004_open_obligations_by_day'),
    ]

    operations = [
        # Fees are counted again within the hour.
        migrations.RunSQL(Path(__file__).with_name('due_years.sql').read_text(encoding='utf-8'), migrations.RunSQL.noop),
    ]
