-- Covered people of each team in each frozen month, with the weight of what they hold (docs/rules.md 8, reading 71).
-- What a coverage holds is copied at signing; another package is another coverage. visits: of the year so far, in fen.
with weighted as (
    select h.coverage_id, max(coalesce(w.weight, %(other)s)) as weight
    from contracts_coveragepackage h
    join service_packages_packageversion v on v.id = h.version_id
    left join assessments_packageweight w on w.package_id = v.package_id and w.version_id = %(version)s
    group by h.coverage_id
)
select m.revision_id, m.team_id,
       count(*) filter (where m.in_force) as people,
       coalesce(sum(coalesce(w.weight, %(other)s)) filter (where m.in_force), 0) as weight,
       sum(m.visit_cost_fen) as visits
from assessments_coveragemonth m
left join weighted w on w.coverage_id = m.coverage_id
where m.revision_id = any(%(revisions)s)
group by m.revision_id, m.team_id
