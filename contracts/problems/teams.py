"""Rules about teams, their members and their load (docs/teams.md)."""

from django.utils.translation import gettext_lazy as _

from contracts.problems import Page, Rule, Severity, of_teams
from teams.composition import DOCTORS

_MEMBERS = (
    "teams_teammember m join teams_staff s on s.id = m.staff_id"
    " where m.team_id = t.id and m.from_on <= %(day)s and (m.to_on is null or m.to_on > %(day)s)"
)
_DOCTORS = "({})".format(", ".join(f"'{job.value}'" for job in sorted(DOCTORS)))
_LOAD = """
    join (
        select c.team_id, count(*) as people, count(distinct coalesce(p.household_id, -p.id)) as households
        from covered c join people p on p.id = c.resident_id group by c.team_id
    ) l on l.team_id = t.id
"""

RULES = (
    Rule(
        "team_no_leader",
        _("Team without a leader"),
        _("Nobody answers for the team."),
        _("Choose a leader among the members."),
        Severity.GAP,
        Page.TEAM,
        of_teams(f"not exists (select from {_MEMBERS} and m.is_leader)"),
    ),
    Rule(
        "team_no_village",
        _("Team that serves no village"),
        _("Its doctors see no residents but those signed already."),
        _("Enter the villages that the team serves."),
        Severity.GAP,
        Page.TEAM,
        of_teams(
            "not exists (select from teams_teamvillage m where m.team_id = t.id and m.from_on <= %(day)s"
            " and (m.to_on is null or m.to_on > %(day)s))"
        ),
    ),
    Rule(
        "member_left",
        _("Member who has left the institution"),
        _("The staff list says that they left, but they still belong to the team."),
        _("End the membership and name who takes over, or correct the staff list."),
        Severity.WRONG,
        Page.TEAM,
        of_teams(
            f"exists (select from {_MEMBERS} and s.left_on <= %(day)s)",
            detail=f"jsonb_build_object('members', (select count(*) from {_MEMBERS} and s.left_on <= %(day)s))",
        ),
        _("members: {members}"),
    ),
    Rule(
        "team_over_load",
        _("Team with too many households"),
        _("The load of a team is limited by the policy."),
        _("Add a team, or hand some villages over to another one."),
        Severity.POLICY,
        Page.TEAM,
        of_teams(
            "%(team_households_most)s > 0 and l.households > %(team_households_most)s",
            detail="jsonb_build_object('households', l.households, 'most', %(team_households_most)s)",
            joins=_LOAD,
        ),
        _("Households: {households}; allowed: {most}."),
    ),
    Rule(
        "doctor_over_load",
        _("Too many residents for each doctor"),
        _("The load of a doctor is limited by the policy."),
        _("Add a doctor to the team, or hand some villages over to another one."),
        Severity.POLICY,
        Page.TEAM,
        of_teams(
            "%(doctor_residents_most)s > 0 and l.people > d.doctors * %(doctor_residents_most)s",
            detail="jsonb_build_object('people', l.people, 'doctors', d.doctors)",
            joins=f"{_LOAD} cross join lateral (select count(*) as doctors from {_MEMBERS} and s.job in {_DOCTORS}) d",
        ),
        _("Residents: {people}; doctors: {doctors}."),
    ),
    Rule(
        "village_unserved",
        _("Village that no team serves"),
        _("People live there, but no team is responsible for them."),
        _("Let a team of the institution serve the village."),
        Severity.GAP,
        Page.INSTITUTION,
        """
        select v.village_id as subject, v.institution_id, v.village_id, null::bigint as team_id,
               null::bigint as resident_id, null::bigint as contract_id,
               jsonb_build_object('village', d.name, 'people', v.people) as detail
        from (
            select village_id, sum(people) as people,
                   (array_agg(institution_id order by people desc, institution_id))[1] as institution_id
            from (
                select village_id, institution_id, count(*) as people from people
                where village_id is not null group by village_id, institution_id
            ) lives group by village_id
        ) v join teams_division d on d.id = v.village_id
        where not exists (
            select from teams_teamvillage s join teams_team t on t.id = s.team_id
            where s.village_id = v.village_id and s.from_on <= %(day)s and (s.to_on is null or s.to_on > %(day)s)
              and (t.dissolved_on is null or t.dissolved_on > %(day)s)
        )
        """,
        _("People in {village}: {people}."),
    ),
)
