"""A month's lists are as long as its figures, whatever is entered of tree, teams and villages afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction

from assessments.actions.freezing import freeze, verify
from assessments.actions.months import compute
from assessments.indicators import INDICATORS, Indicator
from assessments.models import Figure, Places, Revision
from assessments.queries.breakdowns import by_sex_and_age, has_breakdown
from assessments.queries.people import Part, figure_count, has_people, people
from assessments.queries.returns import monthly_return
from assessments.queries.units import Selection, select
from residents.categories import categories
from teams.models import Division, Institution, InstitutionParent, Role, Team, TeamVillage, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.figure_pages import UNITS, address, signed_in
from tests.reference.examples import district as random_district
from tests.reference.examples import on_random_districts
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db


def reorganise(rng: Random) -> None:
    """Put every institution, team and village elsewhere, as if that had always been so."""
    institutions = list(Institution.objects.order_by("pk"))
    InstitutionParent.objects.all().delete()
    for number, row in enumerate(institutions[1:], start=1):
        InstitutionParent.objects.create(institution=row, parent=rng.choice(institutions[:number]))
    villages = list(Division.objects.filter(level=Division.Level.VILLAGE).order_by("pk"))
    TeamVillage.objects.all().delete()
    for team in Team.objects.order_by("pk"):
        team.institution = rng.choice(institutions)
        team.formed_on, team.dissolved_on = rng.choice(((None, None), (None, date(2010, 1, 1))))
        team.save()
        for village in rng.sample(villages, min(2, len(villages))):
            TeamVillage.objects.create(team=team, village=village)
    Team.objects.create(code="late", name="late", institution=institutions[0])


def units(revision: Revision) -> list[dict[str, str]]:
    """The address of each unit that has figures."""
    rows = Figure.objects.filter(revision=revision).order_by().values_list("institution__code", "team__code").distinct()
    return [{"team": team} if team else {"unit": institution} for institution, team in rows]


def unlike(selection: Selection, indicator: Indicator) -> Iterator[str]:
    """What doesn't make the figure: its parts by age, its list."""
    count = figure_count(selection, indicator)
    found = {}
    if has_breakdown(indicator):
        parts = by_sex_and_age(selection, indicator).values()
        found["parts"] = sum(part.numerator for part in parts), sum(part.denominator for part in parts)
    if has_people(selection, indicator):
        lists = {part: people(selection, indicator, part) for part in Part}
        columns = indicator.numerator.column, indicator.denominator.column
        rows = list(lists[Part.DENOMINATOR]) if columns[0] else []
        found["list"] = (
            tuple(sum(getattr(row, column) for row in rows) for column in columns)
            if columns[0]
            else (lists[Part.NUMERATOR].count(), lists[Part.DENOMINATOR].count())
        )
    for name, made in found.items():
        if made != (count.numerator, count.denominator):
            yield f"{selection.unit.name} {count}: {name} {made}"


def return_of(user: User, unit: dict[str, str]) -> object:
    """The lines of the monthly return."""
    made = monthly_return(select(user, unit))
    return [(line.institution.code, line.teams, line.counts, line.payers) for line in (*made.lines, made.total)]


@pytest.mark.slow
@on_random_districts(examples=1)
def test_every_list_of_a_frozen_month_makes_its_figure_whatever_was_reorganised_since(seed: int) -> None:
    with random_district(seed, size=20):
        revision = freeze(revision=compute(month=OCTOBER), by=SYSTEM, explanation="x")
        user, asked = make_account("o", Role.OFFICIAL), units(revision)
        filed = [return_of(user, unit) for unit in asked if "unit" in unit]
        reorganise(Random(seed))
        wrong = [
            told
            for selection in (select(user, unit) for unit in asked)
            for indicator in INDICATORS
            for category in indicator.category_codes(categories())[:3]
            for told in unlike(replace(selection, category=category), indicator)
        ]
        assert not wrong, f"seed {seed}: {len(wrong)} differ\n" + "\n".join(wrong[:10])
        assert [return_of(user, unit) for unit in asked if "unit" in unit] == filed


@pytest.mark.parametrize("unit", [*UNITS.values(), {"unit": "V"}], ids=[*UNITS, "clinic"])
def test_months_of_before_go_by_what_is_known_now(district: SmallDistrict, unit: dict[str, str]) -> None:
    user = make_account("o", Role.OFFICIAL)
    wanted = select(user, unit)
    assert wanted.revision is not None
    lists = [
        list(people(wanted, indicator, Part.DENOMINATOR)) for indicator in INDICATORS if has_people(wanted, indicator)
    ]
    Places.objects.filter(revision=wanted.revision).delete()
    found = select(user, unit)
    assert (found.unit, found.tree.places.pairs) == (wanted.unit, wanted.tree.places.pairs)
    assert lists == [
        list(people(found, indicator, Part.DENOMINATOR)) for indicator in INDICATORS if has_people(found, indicator)
    ]


def test_clerk_sees_of_a_frozen_month_whom_they_may_see_today(district: SmallDistrict) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    InstitutionParent.objects.filter(institution=district.clinic).update(parent=district.hospital)
    asked = {"part": "denominator", "unit": "C", "month": "2018-10"}
    seen = {}
    for role, institution in ((Role.OFFICIAL, district.bureau), (Role.CLERK, district.centre)):
        page = (
            signed_in(make_account(role, role, institution=institution))
            .get(address("people", "coverage", **asked))
            .context
        )
        seen[role] = len(page["page"].object_list), page["hidden_text"]
    assert seen[Role.OFFICIAL] == (5, "")
    assert (seen[Role.CLERK][0], seen[Role.CLERK][1][-2:]) == (4, "1.")


def test_team_that_is_another_institution_s_now_keeps_its_figures(district: SmallDistrict) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    Team.objects.filter(pk=district.idle_team.pk).update(institution=district.hospital)
    clerk = signed_in(make_account("c", Role.CLERK, institution=district.hospital))
    asked = {"team": "T2", "month": "2018-10"}
    shown = clerk.get(address("figure", "primary_share", **asked)).context["figure"]
    page = clerk.get(address("people", "primary_share", **asked)).context
    assert (shown["denominator_text"], len(page["page"].object_list)) == ("1", 0)
    assert page["unit"]["breadcrumb"][0] == ("赵医生团队", address("overview", **asked))
    official = signed_in(make_account("o", Role.OFFICIAL, institution=district.bureau))
    tables = [
        official.get(address("overview", month="2018-10", unit=unit, by="team")).context["institutions"]
        for unit in ("C", "H")
    ]
    assert [row.name for row in tables[0].rows] == ["李医生团队", "赵医生团队"]
    assert tables[1] is None


def test_place_of_a_frozen_month_never_changes_and_a_tampered_one_shows(district: SmallDistrict) -> None:
    revision = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    places, stays = Places.objects.filter(revision=revision), "the places of a frozen month never change"
    for change in (places.delete, lambda: places.update(pairs={})):
        with pytest.raises(DatabaseError, match=stays), transaction.atomic():
            change()
    assert verify(revision=revision, by=SYSTEM)
    with connection.cursor() as cursor:  # somebody with the database's own keys
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table assessments_places disable trigger user")
        cursor.execute("update assessments_places set pairs = jsonb_set(pairs, '{village}', '[]')")
        assert not verify(revision=revision, by=SYSTEM)
        cursor.execute("delete from assessments_places")
        cursor.execute("alter table assessments_places enable trigger user")
    with pytest.raises(DatabaseError, match=stays), transaction.atomic():
        Places.objects.create(revision=revision, pairs={})


def test_places_go_with_the_rows_of_a_replaced_revision(district: SmallDistrict) -> None:
    first, second = (compute(month=OCTOBER) for _ in range(2))
    assert [Places.objects.filter(revision=revision).exists() for revision in (first, second)] == [False, True]
