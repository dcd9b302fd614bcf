"""Working days that cannot have been: too much in one day, two places at once, nights, bursts at the end."""

from django.utils.translation import gettext_lazy as _

from assessments.leads import OF_STAFF, Signal, ids

_OF_STAFF = (
    "select staff_id as subject, w.institution_id, null::bigint as team_id, staff_id, null::bigint as resident_id"
)

SIGNALS = (
    Signal(
        "signed_in_a_day",
        _("Too many signed in one day"),
        _("Explaining a contract takes minutes; so many in a day were written, not signed."),
        _("A campaign day with helpers, or a day on which paper contracts were entered under one date."),
        3,
        _("People signed on {day}: {people}; such days in a year: {days}."),
        f"""
        select d.team_id as subject, t.institution_id, d.team_id, null::bigint as staff_id, null::bigint as resident_id,
               jsonb_build_object('people', max(d.people), 'days', count(*),
                   'day', (array_agg(d.signed_on order by d.people desc, d.signed_on))[1],
                   'residents', (array_agg(d.residents order by d.people desc, d.signed_on))[1]) as evidence,
               max(d.people) as people, string_agg(d.signed_on::text, ',' order by d.signed_on) as mark
        from (
            select team_id, signed_on, count(*) as people, {ids("resident_id")} as residents
            from signed where signed_on > %(year_ago)s
            group by team_id, signed_on having count(*) > %(lead_signed_a_day)s
        ) d join teams_team t on t.id = d.team_id
        group by d.team_id, t.institution_id
        """,
    ),
    Signal(
        "served_in_a_day",
        _("Too many services in one day"),
        _("Nobody gives so many services with their own hands in a day."),
        _("An examination day of a whole village entered under one name."),
        4,
        _("Services of one person on {day}: {services_count}; such days in a year: {days}."),
        f"""
        {_OF_STAFF},
               jsonb_build_object('services_count', max(d.services), 'days', count(*),
                   'day', (array_agg(d.performed_on order by d.services desc, d.performed_on))[1],
                   'residents', (array_agg(d.residents order by d.services desc, d.performed_on))[1]) as evidence,
               max(d.people) as people, string_agg(d.performed_on::text, ',' order by d.performed_on) as mark
        from (
            select staff_id, performed_on, count(*) as services, count(distinct resident_id) as people,
                   {ids("resident_id")} as residents
            from given where staff_id is not null
            group by staff_id, performed_on having count(*) > %(lead_services_a_day)s
        ) d {OF_STAFF}
        group by staff_id, w.institution_id
        """,
    ),
    Signal(
        "two_places",
        _("In two places on one day"),
        _("Services in person on one day in several townships: a part of them was only written down."),
        _("Somebody who works for two centres; or people who came to the doctor from elsewhere."),
        4,
        _(
            "Days of a year on which one person served people of several townships face to face, {least} or more "
            "in each: {days}."
        ),
        f"""
        {_OF_STAFF},
               jsonb_build_object('days', count(*), 'day', max(performed_on), 'people', sum(people), 'least', 3)
                   as evidence,
               sum(people) as people, string_agg(performed_on::text, ',' order by performed_on) as mark
        from (
            select staff_id, performed_on, sum(people) as people
            from (
                select g.staff_id, g.performed_on, v.parent_id, count(distinct g.resident_id) as people
                from given g
                join residents_resident r on r.id = g.resident_id
                join teams_division v on v.id = r.village_id
                where g.staff_id is not null and g.is_in_person and v.parent_id is not null
                group by g.staff_id, g.performed_on, v.parent_id having count(distinct g.resident_id) >= 3
            ) there
            group by staff_id, performed_on having count(*) >= %(lead_townships_a_day)s
        ) d {OF_STAFF}
        group by staff_id, w.institution_id
        """,
    ),
    Signal(
        "entered_at_night",
        _("Entered at night"),
        _("Records made up to reach a target are written when nobody is there."),
        _("Night duty, or entering after a long day in the villages."),
        1,
        _("Services of one person entered by hand at night: {services_count}; days: {days}."),
        f"""
        {_OF_STAFF},
               jsonb_build_object('services_count', sum(services), 'days', count(distinct day)) as evidence,
               0 as people, string_agg(distinct to_char(day, 'YYYY-MM'), ',') as mark
        from (
            -- Whatever went in at the same moment came by a file.
            select staff_id, (entered_at at time zone %(time_zone)s)::date as day, count(*) as services
            from given
            where staff_id is not null
              and (extract(hour from entered_at at time zone %(time_zone)s) >= %(lead_night_from)s
                   or extract(hour from entered_at at time zone %(time_zone)s) < %(lead_night_to)s)
            group by staff_id, entered_at having count(*) = 1
        ) d {OF_STAFF}
        group by staff_id, w.institution_id having sum(services) >= %(lead_night_entries)s
        """,
    ),
    Signal(
        "burst_at_the_end",
        _("Burst at the end of a quarter"),
        _("Services that pile up in a quarter's last days were caught up on paper before the count."),
        _("Examinations planned for those days."),
        2,
        _("Services of the quarter to {day}: {services_count}; {percent} per cent of them in its last days ({days})."),
        f"""
        {_OF_STAFF},
               jsonb_build_object('percent', (array_agg(percent order by percent desc, ends_on))[1],
                   'services_count', (array_agg(services order by percent desc, ends_on))[1],
                   'day', (array_agg(ends_on order by percent desc, ends_on))[1], 'days', %(lead_burst_days)s)
                   as evidence,
               0 as people, string_agg(concat(ends_on, ':', percent / 10), ',' order by ends_on) as mark
        from (
            select staff_id, ends_on, count(*) as services,
                   count(*) filter (where performed_on > ends_on - %(lead_burst_days)s) * 100 / count(*) as percent
            from (
                select staff_id, performed_on,
                       (date_trunc('quarter', performed_on) + interval '3 months')::date - 1 as ends_on
                from given where staff_id is not null
            ) dated
            where ends_on <= %(day)s and ends_on > %(first_quarter_ends)s
            group by staff_id, ends_on having count(*) >= %(lead_records_least)s
        ) d {OF_STAFF}
        where percent > %(lead_burst_percent)s
        group by staff_id, w.institution_id
        """,
    ),
)
