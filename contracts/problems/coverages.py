"""Rules about contracts in force: their packages, terms and teams."""

from django.utils.translation import gettext_lazy as _

from contracts.problems import Page, Rule, Severity, of_coverages

# The resident's age in completed years when the coverage began.
_AGE = "extract(year from age(c.start_on, p.birth_date))"
_IS_OF = f"""
    (m.category = 'all'
     or m.category in ('elderly', 'key') and {_AGE} >= %(elderly_age)s
     or m.category in ('child', 'key') and {_AGE} <= %(child_age)s
     or exists (
         select from residents_register g
         where g.resident_id = p.id and m.category in (g.category, 'key')
           and g.from_on <= %(day)s and (g.to_on is null or g.to_on > c.start_on)
     ))
"""

RULES = (
    Rule(
        "no_packages",
        _("Contract without a package"),
        _("Nothing is promised, so nothing can be fulfilled."),
        _("Add the packages that were agreed."),
        Severity.GAP,
        Page.CONTRACT,
        of_coverages("not exists (select from contracts_coveragepackage h where h.coverage_id = c.id)"),
    ),
    Rule(
        "package_for_others",
        _("Package meant for others"),
        _("The person was in none of the populations for whom the package is, neither when it began nor since."),
        _("Put the person on the register if that was forgotten, or change the package."),
        Severity.POLICY,
        Page.CONTRACT,
        of_coverages(
            """
            exists (
                select from contracts_coveragepackage h
                join service_packages_packageversion v on v.id = h.version_id
                where h.coverage_id = c.id and cardinality(v.categories) > 0
                  and not exists (select from unnest(v.categories) as m(category) where
            """
            + _IS_OF
            + "))",
        ),
    ),
    Rule(
        "no_basic_package",
        _("Personalised package without a basic one"),
        _("Personalised packages come on top of a basic one."),
        _("Add the basic package at the next change of packages."),
        Severity.POLICY,
        Page.CONTRACT,
        """
        select c.id as subject, p.institution_id, p.village_id, c.team_id, p.id as resident_id, c.contract_id,
               '{}'::jsonb as detail
        from covered c
        join people p on p.id = c.resident_id
        join contracts_coveragepackage h on h.coverage_id = c.id
        join service_packages_packageversion v on v.id = h.version_id
        group by c.id, p.institution_id, p.village_id, c.team_id, p.id, c.contract_id
        having bool_and(v.tier = 'personalised')
        """,
    ),
    Rule(
        "term_not_allowed",
        _("Term outside the policy"),
        _("The contract runs for fewer or more years than the district allows."),
        _("Nothing now; sign the next contract for an allowed term."),
        Severity.POLICY,
        Page.CONTRACT,
        of_coverages(
            "k.origin = 'new'"
            " and not c.end_on + 1 between c.start_on + make_interval(years => %(term_years_least)s)"
            " and c.start_on + make_interval(years => %(term_years_most)s)",
            detail="jsonb_build_object('start', c.start_on, 'end', c.end_on)",
            joins="join contracts_contract k on k.id = c.contract_id",
        ),
        _("{start} to {end}"),
    ),
    Rule(
        "team_gone",
        _("Covered by a team that no longer exists"),
        _("Nobody is responsible for the promises of this contract."),
        _("Hand the contracts of the team over to another one."),
        Severity.WRONG,
        Page.TEAM,
        of_coverages(
            "t.dissolved_on <= %(day)s",
            detail="jsonb_build_object('day', t.dissolved_on)",
            joins="join teams_team t on t.id = c.team_id",
        ),
        _("Dissolved on {day}."),
    ),
    Rule(
        "household_split",
        _("Household with two teams"),
        _("A family signs with one team; members of this household are covered by several."),
        _("Bring the family together at the next renewal, or correct the household."),
        Severity.POLICY,
        Page.RESIDENT,
        """
        select h.household_id as subject, p.institution_id, p.village_id, h.team_id, p.id as resident_id,
               null::bigint as contract_id, jsonb_build_object('teams', h.teams, 'people', h.people) as detail
        from (
            select p.household_id, count(distinct c.team_id) as teams, count(*) as people, min(p.id) as first,
                   min(c.team_id) as team_id
            from covered c join people p on p.id = c.resident_id
            where p.household_id is not null
            group by p.household_id having count(distinct c.team_id) > 1
        ) h join people p on p.id = h.first
        """,
        _("People covered: {people}; teams: {teams}."),
    ),
)
