"""Data problems that only figures show: official populations missing, or far from the people on file."""

from django.utils.translation import gettext_lazy as _

from contracts.problems import Page, Rule, Severity

# Institution -> people on file in it and below it.
_LIVING = """
    with recursive below as (
        select id as root, id as node from teams_institution
        union
        select b.root, p.institution_id
        from below b
        join teams_institutionparent p
            on p.parent_id = b.node and p.from_on <= %(day)s and (p.to_on is null or p.to_on > %(day)s)
    ), living as (
        select b.root, count(*) as registered
        from people p join below b on b.node = p.institution_id group by b.root
    )
"""

RULES = (
    Rule(
        "population_differs",
        _("Residents on file differ from the official population"),
        _("Rates on one and on the other cannot both be right."),
        _("Look for people who moved away, or who are not on file; or correct the official figure."),
        Severity.POLICY,
        Page.INSTITUTION,
        f"""
        {_LIVING}
        select o.institution_id as subject, o.institution_id, null::bigint as village_id, null::bigint as team_id,
               null::bigint as resident_id, null::bigint as contract_id,
               jsonb_build_object('registered', coalesce(l.registered, 0), 'official', o.count, 'year', o.year)
                   as detail
        from assessments_population o
        left join living l on l.root = o.institution_id
        where o.year = extract(year from %(day)s) and o.category = 'all'
          and abs(coalesce(l.registered, 0) - o.count) * 100 > o.count * %(population_differs_by)s
        """,
        _("{registered} on file, {official} official ({year})."),
    ),
    Rule(
        "population_missing",
        _("No official population of the year"),
        _("The rate on the official population cannot be computed, and the monthly return names it as missing."),
        _("Enter the official population of the year, or load the file of populations."),
        Severity.GAP,
        Page.INSTITUTION,
        # Asked of centres and the bureau, once the district has entered any.
        f"""
        {_LIVING}
        select i.id as subject, i.id as institution_id, null::bigint as village_id, null::bigint as team_id,
               null::bigint as resident_id, null::bigint as contract_id,
               jsonb_build_object('registered', l.registered, 'year', extract(year from %(day)s)) as detail
        from living l
        join teams_institution i on i.id = l.root and i.kind in ('bureau', 'township_center', 'community_center')
        where exists (select from assessments_population o where o.category = 'all')
          and not exists (
              select from assessments_population o
              where o.institution_id = i.id and o.category = 'all' and o.year = extract(year from %(day)s)
          )
        """,
        _("{registered} on file, no official population for {year}."),
    ),
)
