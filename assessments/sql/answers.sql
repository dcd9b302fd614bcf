-- The year's survey answers and calls, each where its resident was on the report date (docs/rules.md, readings 14, 15).
-- What was said in confidence keeps the institution and the team that it is about, and nothing that tells whose it is.
select a.id, 'survey', case when not a.in_confidence then m.resident_id end, m.institution_id,
       case when not a.in_confidence then m.village_id end, m.team_id,
       case when a.in_confidence then 0 else m.categories end,
       a.rating, cast(null as boolean), cast(null as boolean)
from assessments_surveyanswer a
join {residents} m on m.resident_id = a.resident_id
where a.answered_on {this_year}
union all
select a.id, 'phone', m.resident_id, m.institution_id, m.village_id, m.team_id, m.categories,
       null, a.outcome in ('resident', 'family'), a.knows_team
from assessments_phonecheck a
join {residents} m on m.resident_id = a.resident_id
where a.called_on {this_year}
