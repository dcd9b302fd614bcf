"""What some coverages owe, without counting the months of all."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
DUE_OF = (HERE / "due_of.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_version_0_3")]

    operations = [migrations.RunSQL(DUE_OF)]
