"""What residents may compare, gathered once at publication: centres and teams, doctors, villages, packages, results.

No resident's name or number, no count of few people. Everything is plain data that JSON holds.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch

from assessments.models import Cycle, Figure, Month, Revision, UnitKind
from assessments.queries.places import places_of
from assessments.queries.results import Result, results_of
from assessments.queries.units import open_institutions
from assessments.suppression import share, suppressed
from residents.categories import ALL, category_names
from service_packages.models import PackageVersion, Payer
from teams.models import Institution, Team, TeamMember, TeamVillage
from teams.policy import policy_on

Content = dict[str, Any]
CENTRES = (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER)
NOTHING = (0, 0)


def content_of(month: Month, cycles: Mapping[UnitKind, Cycle | None], how_to_sign: str) -> Content:
    """What is published: figures of a month that was computed, and the grades of a published cycle (or none) for each
    kind of unit."""
    revision = month.current
    assert revision is not None
    least = policy_on(revision.as_of)["published_cell_least"]
    results = {kind: results_of(cycle) for kind, cycle in cycles.items() if cycle}
    signed = _figures(revision, "coverage")
    pleased = _figures(revision, "satisfaction")
    teams = _teams(revision, signed, pleased, results.get(UnitKind.TEAM, {}), least)
    centres = open_institutions(CENTRES, revision.as_of)
    counts = suppressed({row.pk: signed.get((row.pk, 0), NOTHING)[0] for row in centres}, least)
    bureau = Institution.objects.filter(kind=Institution.Kind.BUREAU).order_by("code").first()
    return {
        "district": bureau.name if bureau else "",
        "month": f"{month.first_on:%Y-%m}",
        "as_of": revision.as_of.isoformat(),
        "cycles": {str(kind): cycle.name for kind, cycle in cycles.items() if cycle},
        "how_to_sign": how_to_sign,
        "least": least,
        "centres": [
            {
                "id": row.pk,
                "name": row.name,
                "place": row.division.name if row.division else "",
                "signed": counts[row.pk],
                "satisfaction": share(*pleased.get((row.pk, 0), NOTHING), least),
                "grade": _grade(results.get(UnitKind.INSTITUTION, {}), row.pk),
                "teams": _beside(counts[row.pk], teams.get(row.pk, [])),
            }
            for row in centres
        ],
        "packages": _packages(),
    }


def _beside(centre: int | None, teams: list[Content]) -> list[Content]:
    """A centre's teams; where its own count is hidden theirs are, too, for they would add up to it."""
    return teams if centre is not None else [{**team, "signed": None} for team in teams]


def public_phones() -> dict[int, str]:
    """Centre id -> where residents call, as it is now: a number that was corrected is no matter of a publication."""
    rows = Institution.objects.filter(kind__in=CENTRES).exclude(public_phone="")
    return dict(rows.values_list("pk", "public_phone"))


def _figures(revision: Revision, indicator: str) -> dict[tuple[int, int], tuple[int, int]]:
    """(institution id, team id or 0) -> numerator and denominator."""
    rows = Figure.objects.filter(revision=revision, indicator=indicator, category=ALL)
    return {
        (institution, team): (numerator, denominator)
        for institution, team, numerator, denominator in rows.values_list(
            "institution_id", "team_key", "numerator", "denominator"
        )
    }


def _teams(
    revision: Revision,
    signed: Mapping[tuple[int, int], tuple[int, int]],
    pleased: Mapping[tuple[int, int], tuple[int, int]],
    results: Mapping[int, Result],
    least: int,
) -> dict[int, list[Content]]:
    """Institution id -> its teams on the report date: members by name and job, villages, people signed,
    satisfaction, grade."""
    day = revision.as_of
    members = TeamMember.objects.on(day).select_related("staff").order_by("-is_leader", "staff__staff_no")
    villages = TeamVillage.objects.on(day).select_related("village").order_by("village__code")
    rows = Team.objects.existing_on(day).order_by("code")
    rows = rows.prefetch_related(Prefetch("members", members), Prefetch("villages", villages))
    homes, grouped = places_of(revision).homes, defaultdict[int, list[Team]](list)
    for row in rows:
        grouped[homes.get(row.pk, row.institution_id)].append(row)
    found: dict[int, list[Content]] = {}
    for institution, teams in grouped.items():
        counts = suppressed({row.pk: signed.get((institution, row.pk), NOTHING)[0] for row in teams}, least)
        found[institution] = [
            {
                "name": row.name,
                "members": [
                    {"name": member.staff.name, "job": member.staff.job, "leads": member.is_leader}
                    for member in row.members.all()
                ],
                "villages": [each.village.name for each in row.villages.all()],
                "signed": counts[row.pk],
                "satisfaction": share(*pleased.get((institution, row.pk), NOTHING), least),
                "grade": _grade(results, row.pk),
            }
            for row in teams
        ]
    return found


def _packages() -> list[Content]:
    """What is signed for what price, and what of it a resident pays."""
    rows = PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED)
    rows = rows.prefetch_related("items__item", "shares").order_by("tier", "package__code")
    names = {code: str(name) for code, name in category_names().items()}
    return [
        {
            "name": row.name,
            "price": f"{row.price:.2f}",
            "own": f"{_own(row):.2f}",
            "for": [names.get(code, code) for code in row.categories],
            "items": [{"name": each.item.name, "times": each.times_per_year} for each in row.items.all()],
        }
        for row in rows
    ]


def _own(version: PackageVersion) -> Any:
    """The resident's share where no rule of a category holds."""
    return sum(each.amount for each in version.shares.all() if each.payer == Payer.RESIDENT and not each.category)


def _grade(results: Mapping[int, Result], unit: int) -> str:
    return str(results[unit].grade) if unit in results else ""
