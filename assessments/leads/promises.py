"""Promises: signed and never served, more than can be served, paid without a receipt."""

from django.utils.translation import gettext_lazy as _

from assessments.leads import Signal, ids
from teams.composition import DOCTORS

_DOCTORS = "({})".format(", ".join(f"'{job.value}'" for job in sorted(DOCTORS)))

SIGNALS = (
    Signal(
        "never_served",
        _("Signed and never served"),
        _("Promises on paper only (签而不约): the contract runs for months, and nobody came."),
        _("Young people who need little, or services that were not entered."),
        3,
        _("Signed long enough (days: {days} or more) and never served: {people} of {signed} ({percent}%)."),
        """
        select team_id as subject, institution_id, team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', people, 'signed', signed, 'days', %(lead_unserved_days)s,
                                  'percent', people * 100 / signed, 'residents', residents) as evidence,
               people, concat(people * 10 / signed) as mark
        from (
            select s.team_id, s.institution_id, count(*) as signed,
                   count(*) filter (where v.resident_id is null) as people,
                   coalesce(jsonb_agg(s.resident_id order by s.resident_id) filter (where v.resident_id is null), '[]')
                       as residents
            from signed s
            left join (
                select distinct s.resident_id from signed s
                join contracts_service v
                    on v.resident_id = s.resident_id and v.performed_on between s.start_on and %(day)s
            ) v on v.resident_id = s.resident_id
            where s.start_on <= %(unserved_by)s
            group by s.team_id, s.institution_id
        ) counted
        where signed >= %(lead_records_least)s and people * 100 >= signed * %(lead_unserved_percent)s
        """,
        proves_falsehood=False,
    ),
    Signal(
        "over_load",
        _("More signed than doctors can serve"),
        _("Beyond the load of the policy nobody can keep what was promised."),
        _("A doctor who is missing in the team's list."),
        2,
        _("Signed people: {people}; doctors: {doctors}; allowed for each doctor: {most}."),
        f"""
        select l.team_id as subject, l.institution_id, l.team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', l.people, 'doctors', d.doctors, 'most', %(doctor_residents_most)s)
                   as evidence,
               l.people, concat(l.people / 100, ':', d.doctors) as mark
        from (select team_id, institution_id, count(*) as people from signed group by team_id, institution_id) l
        cross join lateral (
            select count(*) as doctors from teams_teammember m join teams_staff w on w.id = m.staff_id
            where m.team_id = l.team_id and m.from_on <= %(day)s and (m.to_on is null or m.to_on > %(day)s)
              and w.job in {_DOCTORS}
        ) d
        where %(doctor_residents_most)s > 0 and d.doctors > 0 and l.people > d.doctors * %(doctor_residents_most)s
        """,
        proves_falsehood=False,
    ),
    Signal(
        "paid_without_receipt",
        _("Paid without a receipt"),
        _("Counted as paid by the resident, but no receipt was entered, or the money was given back."),
        _("Receipts that were not entered yet."),
        3,
        _("Without a valid receipt: {people} of {paying} who pay something themselves."),
        f"""
        select s.team_id as subject, s.institution_id, s.team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', count(*) filter (where p.coverage_id is null), 'paying', count(*),
                   'residents', {ids("case when p.coverage_id is null then s.resident_id end")}) as evidence,
               count(*) filter (where p.coverage_id is null) as people,
               string_agg(s.resident_id::text, ',' order by s.resident_id) filter (where p.coverage_id is null) as mark
        from signed s
        left join (
            select coverage_id from contracts_feeentry
            where payer = 'resident' and "on" <= %(day)s and cancelled_at is null
            group by coverage_id
            having sum(case when kind in ('refund', 'carried_out') then -amount else amount end) > 0
        ) p on p.coverage_id = s.coverage_id
        -- A district that enters no receipts at all keeps them elsewhere.
        where s.pays and s.start_on <= %(receipt_by)s
          and exists (select from contracts_feeentry where kind = 'receipt' and payer = 'resident')
        group by s.team_id, s.institution_id having count(*) filter (where p.coverage_id is null) > 0
        """,
        proves_falsehood=False,
    ),
)
