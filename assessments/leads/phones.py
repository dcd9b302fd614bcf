"""Telephone numbers: lent, counted up, the staff's own, impossible or missing."""

from django.utils.translation import gettext_lazy as _

from assessments.leads import Signal, ids, of_group

# A number's lead belongs to the team that signed most of the people with it.
_MOST = "mode() within group (order by s.{column})"


def _of_number(condition: str, *, joins: str = "", numbers: str = "") -> str:
    """A lead for each number at signed people, of those groups that meet the condition."""
    return f"""
        select {of_group("s.phone_hash")} as subject, {_MOST.format(column="institution_id")} as institution_id,
               {_MOST.format(column="team_id")} as team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', count(*),
                   'households', count(distinct coalesce(s.household_id, -s.resident_id)),
                   'residents', {ids("s.resident_id")} {numbers}) as evidence,
               count(*) as people, string_agg(s.resident_id::text, ',' order by s.resident_id) as mark
        from signed s {joins}
        where s.phone_hash is not null and s.phone_problem <> 'dummy'
        group by s.phone_hash having {condition}
    """


def _of_team(condition: str, share: str) -> str:
    """A lead for each team where the condition holds for at least that share of the signed, in per cent."""
    return f"""
        select s.team_id as subject, s.institution_id, s.team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', count(*) filter (where {condition}), 'signed', count(*),
                   'residents', jsonb_agg(s.resident_id order by s.resident_id) filter (where {condition}))
                   as evidence,
               count(*) filter (where {condition}) as people,
               string_agg(s.resident_id::text, ',' order by s.resident_id) filter (where {condition}) as mark
        from signed s group by s.team_id, s.institution_id
        having count(*) filter (where {condition}) > 0
           and count(*) filter (where {condition}) * 100 >= count(*) * %({share})s
    """


SIGNALS = (
    Signal(
        "phone_shared",
        _("One number for many people"),
        _("Numbers that somebody lent are the commonest sign of signing without asking."),
        _("Relatives who live apart, a care home, or a neighbour who answers for old people."),
        4,
        _("Signed people with one number: {people}; households: {households}."),
        _of_number("count(*) >= %(phone_shared_by)s and count(distinct coalesce(s.household_id, -s.resident_id)) > 1"),
    ),
    Signal(
        "phone_run",
        _("Consecutive numbers with one team"),
        _("Numbers that count up by one were made up at a desk; families do not buy them so."),
        _("A company or school that bought a block of numbers for its people."),
        5,
        _("Signed people with consecutive numbers: {people}; numbers: {numbers}."),
        f"""
        select {of_group("r.first")} as subject, s.institution_id, r.team_id, null::bigint as staff_id,
               null::bigint as resident_id,
               jsonb_build_object('people', count(*), 'numbers', count(distinct s.phone_hash),
                                  'residents', {ids("r.resident_id")}) as evidence,
               count(*) as people, string_agg(r.resident_id::text, ',' order by r.resident_id) as mark
        from runs r join signed s on s.resident_id = r.resident_id
        group by r.first, r.team_id, s.institution_id
        """,
    ),
    Signal(
        "phone_of_staff",
        _("A staff member's or village official's number"),
        _("Whoever signs for others writes down the own number, so that the call reaches a friend."),
        _("The staff member's own family, or an old person whom they look after."),
        5,
        _("Signed people with the number of a staff member: {people}; households: {households}."),
        _of_number(
            "count(*) > 0",
            joins="""
            join (select phone_hash, min(id) as id, array_agg(name) as names from teams_staff
                  where phone_hash is not null group by phone_hash) w
                on w.phone_hash = s.phone_hash and s.name <> all(w.names)
                and not exists (select from signed own where own.household_id = s.household_id
                                and own.phone_hash = s.phone_hash and own.name = any(w.names))
            """,
            numbers=", 'staff', min(w.id)",
        ),
    ),
    Signal(
        "phone_impossible",
        _("Impossible or made-up numbers"),
        _("Digits missing, a segment that nobody has, a placeholder: nobody can call to check."),
        _("A slip when the paper form was copied."),
        3,
        _("Signed people with an impossible number: {people} of {signed}."),
        _of_team(
            "s.phone_problem in ('malformed', 'unknown_segment', 'not_a_person', 'dummy', 'wrong_number')",
            "lead_phone_impossible_percent",
        ),
    ),
    Signal(
        "phone_missing",
        _("Signed adults without a number"),
        _("A contract whose signer nobody can call cannot be checked."),
        _("Old people without a telephone; then the family's number helps."),
        2,
        _("Signed adults without a number: {people} of {signed} signed."),
        _of_team("s.phone_hash is null and s.birth_date <= %(adult_born_by)s", "lead_phone_missing_percent"),
        proves_falsehood=False,
    ),
)
