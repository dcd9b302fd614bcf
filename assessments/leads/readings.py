"""Readings that nobody took: the same again and again, rounded, or just below the goal."""

from django.utils.translation import gettext_lazy as _

from assessments.leads import OF_STAFF, Signal

_OF_STAFF = (
    "select staff_id as subject, w.institution_id, null::bigint as team_id, staff_id, null::bigint as resident_id"
)
_WRITTEN = "'readings', readings, 'percent', percent"
_HAND = _("Measuring by hand and rounding to the even mark is common; then the other signs are missing.")


def _commonest(value: str, condition: str) -> str:
    """Of each staff member: the value that they wrote down most often, where that is often enough."""
    return f"""
        {_OF_STAFF}, jsonb_build_object({_WRITTEN}, 'reading', reading, 'people', people) as evidence,
               people, concat(reading, ' ', percent / 10) as mark
        from (
            select staff_id, reading, people, sum(times) over (partition by staff_id)::int as readings,
                   times * 100 / (sum(times) over (partition by staff_id))::bigint as percent,
                   row_number() over (partition by staff_id order by times desc, reading) as place
            from (
                select staff_id, {value} as reading, count(*) as times, count(distinct resident_id) as people
                from given where staff_id is not null and {condition} group by staff_id, {value}
            ) counted
        ) ranked {OF_STAFF}
        where place = 1 and readings >= %(lead_records_least)s and percent > %(lead_same_reading_percent)s
    """


SIGNALS = (
    Signal(
        "pressure_repeated",
        _("The same blood pressure again and again"),
        _("Real pressures differ; one pair written again and again, such as 138/88, was not measured."),
        _("A device that is broken."),
        4,
        _("One person's pressures: {percent} per cent of {readings} are {reading}."),
        _commonest("concat(systolic, '/', diastolic)", "systolic is not null and diastolic is not null"),
    ),
    Signal(
        "glucose_repeated",
        _("The same glucose again and again"),
        _("Real values differ; one that is written again and again was not measured."),
        _("A device that is broken."),
        4,
        _("One person's glucose values: {percent} per cent of {readings} are {reading}."),
        _commonest("glucose::text", "glucose is not null"),
    ),
    Signal(
        "digits_heaped",
        _("Pressures that end in the same digit"),
        _("Of real pressures a tenth ends in each digit, of those read by hand a fifth in each even one."),
        _HAND,
        2,
        _("One person's systolic pressures: {percent} per cent of {readings} end in {digit}."),
        f"""
        {_OF_STAFF}, jsonb_build_object({_WRITTEN}, 'digit', digit) as evidence, 0 as people,
               concat(digit, ' ', percent / 10) as mark
        from (
            select staff_id, digit, sum(times) over (partition by staff_id)::int as readings,
                   times * 100 / (sum(times) over (partition by staff_id))::bigint as percent,
                   row_number() over (partition by staff_id order by times desc, digit) as place
            from (
                -- Each person's value once: somebody whose pressure stays the same is no heap.
                select staff_id, systolic %% 10 as digit, count(distinct (resident_id, systolic)) as times
                from given where staff_id is not null and systolic is not null group by staff_id, systolic %% 10
            ) counted
        ) ranked {OF_STAFF}
        where place = 1 and readings >= %(lead_records_least)s and percent > %(lead_digit_percent)s
        """,
    ),
    Signal(
        "just_below_goal",
        _("Pressures just below the goal"),
        _("Many readings of 130–139 and hardly any of 140–149: what missed the goal was written down lower."),
        _("Good treatment moves the whole distribution, but leaves no cliff at 140."),
        3,
        _("Readings of 130–139: {below}; of 140–149: {above}."),
        f"""
        {_OF_STAFF}, jsonb_build_object('below', below, 'above', above) as evidence, 0 as people,
               concat(below / 10, ':', above / 10) as mark
        from (
            select staff_id,
                   count(*) filter (where %(goal_systolic)s - systolic between 1 and 10) as below,
                   count(*) filter (where systolic - %(goal_systolic)s between 0 and 9) as above
            from given where staff_id is not null group by staff_id
        ) counted {OF_STAFF}
        where below >= %(lead_records_least)s and below >= %(lead_below_goal_ratio)s * greatest(above, 1)
        """,
    ),
)
