from django.db import migrations

# The same as in facts.sql, for databases that were made before it had it.
FACTS = """
create or replace view fact_service as
select s.id as service, s.resident_id as resident, r.person, cast(s.resident_id / 100000000 as integer) as county,
       i.kind, s.performed_on, cast(s.performed_on - date '2000-01-01' as bigint) as performed_day,
       cast(s.systolic as integer) as systolic, cast(s.diastolic as integer) as diastolic,
       -- Rounded down: 6.95 is below a goal of 7.0.
       cast(floor(s.fasting_glucose * 10) as integer) as glucose_tenths
from contracts_service s
left join service_packages_item i on i.id = s.item_id
left join residents_resident r on r.id = s.resident_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0001_initial'),
        ('contracts', '0003_glucose_places'),
    ]

    operations = [
        migrations.RunSQL(FACTS, migrations.RunSQL.noop),
    ]
