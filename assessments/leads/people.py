"""People: one person with two teams, and what was signed or given when it cannot have been."""

from django.utils.translation import gettext_lazy as _

from assessments.leads import Signal, ids

# What is kept of one person; `detail` are pairs of a name and a value.
_OF_PERSON = """
    select r.id as subject, coalesce(t.institution_id, r.institution_id) as institution_id, t.id as team_id,
           null::bigint as staff_id, r.id as resident_id,
           jsonb_build_object('residents', jsonb_build_array(r.id), {detail}) as evidence, 1 as people, {mark} as mark
"""
_LEFT = "least(r.died_on + 1, r.moved_out_on)"

SIGNALS = (
    Signal(
        "two_teams",
        _("Perhaps one person with two teams"),
        _(
            "Two records of the same name, sex and birth date with the same number or village are signed with two"
            " teams at once. One record cannot be: the database refuses it."
        ),
        _("Two people who are really alike; say so on the page of records that may be the same."),
        4,
        _("Two records that look like one person are signed with two teams."),
        """
        select a.resident_id as subject, a.institution_id, a.team_id, null::bigint as staff_id,
               null::bigint as resident_id,
               jsonb_build_object('people', 2, 'teams', jsonb_build_array(a.team_id, min(b.team_id)),
                   'residents', jsonb_build_array(a.resident_id, min(b.resident_id))) as evidence,
               2 as people, concat(a.resident_id, '+', min(b.resident_id)) as mark
        from signed a
        join signed b on b.name = a.name and b.birth_date = a.birth_date and b.sex = a.sex
            and b.resident_id > a.resident_id and b.team_id <> a.team_id
            and (b.phone_hash = a.phone_hash or b.village_id = a.village_id)
        where not exists (select from contracts_apart p
                          where p.first_id = a.resident_id and p.second_id = b.resident_id)
        group by a.resident_id, a.institution_id, a.team_id
        """,
    ),
    Signal(
        "signed_after_leaving",
        _("Signed when dead or moved away"),
        _("The contract was signed on a day on which the person was dead or lived elsewhere."),
        _("A wrong day of death or removal in the register."),
        5,
        _("Signed on {signed_on}, but gone since {left_on}."),
        _OF_PERSON.format(
            detail=f"'signed_on', max(k.signed_on), 'left_on', {_LEFT}, 'contracts', {ids('k.id')}",
            mark=f"concat(max(k.signed_on), ' ', {_LEFT})",
        )
        + f"""
        from residents_resident r
        join contracts_coverage c on c.resident_id = r.id
        join contracts_contract k on k.id = c.contract_id and k.signed_on >= {_LEFT}
        join teams_team t on t.id = k.team_id
        where (r.died_on is not null or r.moved_out_on is not null) and r.merged_into_id is null
          and k.signed_on <= %(day)s and (c.terminated_on is null or c.terminated_on > c.start_on)
        group by r.id, t.id
        """,
    ),
    Signal(
        "served_after_leaving",
        _("Served when dead or moved away"),
        _("A service is recorded for a day on which the person was dead or lived elsewhere."),
        _("A wrong day of death or removal, or a service entered for the wrong member of the family."),
        5,
        _("Services after the day of leaving, {left_on}: {services_count}, the last on {day}."),
        _OF_PERSON.format(
            detail=f"'services_count', count(*), 'day', max(s.performed_on), 'left_on', {_LEFT},"
            f" 'services', {ids('s.id')}",
            mark="string_agg(s.id::text, ',' order by s.id)",
        ).replace("t.id as team_id", "null::bigint as team_id")
        + f"""
        from residents_resident r
        join contracts_service s on s.resident_id = r.id and s.performed_on >= {_LEFT} and s.performed_on <= %(day)s
        left join teams_staff t on t.id = s.staff_id
        where (r.died_on is not null or r.moved_out_on is not null) and r.merged_into_id is null
        group by r.id, t.institution_id
        """,
    ),
    Signal(
        "served_before_signing",
        _("Promises met before the signing"),
        _("Services count as fulfilling a contract that was signed only afterwards: it was dated back."),
        _("The contract was agreed by word and written later."),
        4,
        _("Services that count for contracts signed later: {services_count}; people: {people}."),
        f"""
        select k.team_id as subject, t.institution_id, k.team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', count(distinct o.resident_id),
                   'services_count', count(distinct o.met_by_id),
                   'residents', {ids("o.resident_id")}, 'services', {ids("o.met_by_id")}) as evidence,
               count(distinct o.resident_id) as people,
               string_agg(distinct o.met_by_id::text, ',' order by o.met_by_id::text) as mark
        from contracts_contract k
        join teams_team t on t.id = k.team_id
        join contracts_coverage c on c.contract_id = k.id and c.start_on < k.signed_on
        join contracts_obligation o on o.coverage_id = c.id and o.met_on < k.signed_on
        where k.signed_on between %(year_ago)s and %(day)s
        group by k.team_id, t.institution_id
        """,
    ),
)
