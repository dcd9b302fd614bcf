"""Records that were merged into another are in no figure (docs/rules.md 1)."""

from django.db import migrations

RESIDENTS = """
create or replace view fact_resident as
select r.id as resident, r.person, cast(r.id / 100000000 as integer) as county, r.institution_id as institution,
       r.village_id as village, r.household_id as household, r.birth_date as birth_on, r.registered_on,
       r.moved_out_on, r.died_on
from residents_resident r
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_initial"),
        ("residents", "0004_search_and_merge"),
    ]

    operations = [migrations.RunSQL(f"{RESIDENTS} where r.merged_into_id is null", RESIDENTS)]
