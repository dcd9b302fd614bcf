"""Rules about people: their telephone numbers, registers and places, and what is recorded after they left."""

from django.utils.translation import gettext_lazy as _

from contracts.problems import Page, Rule, Severity, of_people

PHONE_REMEDY = _("Ask the person or the family for the number, and enter it.")
REGISTER_REMEDY = _("Compare with the paper register: end the entry, or correct the ID number.")

_ON_REGISTER = "join residents_register g on g.resident_id = p.id and g.from_on <= %(day)s" + (
    " and (g.to_on is null or g.to_on > %(day)s)"
)
_NOT_TOLD_APART = """not exists (
    select from contracts_apart t
    where t.first_id = least(alike.id, alike.other) and t.second_id = greatest(alike.id, alike.other)
)"""
_AGE = "extract(year from age(%(day)s, p.birth_date))"

PHONES = (
    Rule(
        "phone_missing",
        _("Signed adult without a telephone number"),
        _("Inspectors call those who signed; whom nobody can call counts as falsely signed."),
        PHONE_REMEDY,
        Severity.GAP,
        Page.RESIDENT,
        of_people("c.id is not null and p.phone_hash is null and p.birth_date <= %(adult_born_by)s"),
    ),
    Rule(
        "phone_wrong",
        _("Impossible telephone number"),
        _("The number of a signed person has too few or too many digits, or nobody can have it."),
        PHONE_REMEDY,
        Severity.WRONG,
        Page.RESIDENT,
        of_people("c.id is not null and p.phone_hash is not null and p.phone_problem not in ('', 'empty')"),
    ),
    Rule(
        "phone_shared",
        _("One number for people of several households"),
        _("Numbers that somebody else lent are the commonest sign of false signing."),
        PHONE_REMEDY,
        Severity.POLICY,
        Page.RESIDENT,
        of_people(
            "true",
            detail="jsonb_build_object('people', s.people, 'households', s.households)",
            joins="""
            join (
                select phone_hash, count(*) as people, count(distinct coalesce(household_id, -id)) as households
                from people where phone_hash is not null
                group by phone_hash
                having count(*) >= %(phone_shared_by)s and count(distinct coalesce(household_id, -id)) > 1
            ) s on s.phone_hash = p.phone_hash
            """,
        ),
        _("People with the number: {people}; households: {households}."),
    ),
    Rule(
        "phone_of_staff",
        _("Number of a staff member"),
        _("The number belongs to somebody who works at a health institution, and not to a person of the same name."),
        PHONE_REMEDY,
        Severity.POLICY,
        Page.RESIDENT,
        of_people(
            "exists (select from teams_staff s where s.phone_hash = p.phone_hash) and not exists"
            " (select from teams_staff s where s.phone_hash = p.phone_hash and s.name = p.name)"
        ),
    ),
)

REGISTERS = (
    Rule(
        "man_on_maternal",
        _("Man on the maternal register"),
        _("The register and the sex in the ID number contradict each other."),
        REGISTER_REMEDY,
        Severity.WRONG,
        Page.RESIDENT,
        of_people(
            "g.category = 'maternal' and p.sex = 'male'",
            joins=_ON_REGISTER,
        ),
    ),
    Rule(
        "maternal_age",
        _("Woman outside 15–49 on the maternal register"),
        _("Hardly anybody is pregnant at this age; children and elderly women stand there by mistake."),
        REGISTER_REMEDY,
        Severity.WRONG,
        Page.RESIDENT,
        of_people(
            f"g.category = 'maternal' and p.sex = 'female' and {_AGE} not between 15 and 49",
            detail=f"jsonb_build_object('age', {_AGE})",
            joins=_ON_REGISTER,
        ),
        _("She is {age}."),
    ),
    Rule(
        "child_chronic",
        _("Child on an adults' register"),
        _("Hypertension and type 2 diabetes are managed from 35 on; a small child stands there by mistake."),
        REGISTER_REMEDY,
        Severity.WRONG,
        Page.RESIDENT,
        of_people(
            "g.category in ('hypertension', 'diabetes') and p.birth_date > %(grown_born_by)s",
            detail=f"jsonb_build_object('age', {_AGE})",
            joins=_ON_REGISTER,
        ),
        _("The child is {age}."),
    ),
)

PLACES = (
    Rule(
        "no_village",
        _("Person without a village"),
        _("Without a village no team serves the person, and team figures leave them out."),
        _("Enter the village or community."),
        Severity.GAP,
        Page.RESIDENT,
        of_people("p.village_id is null"),
    ),
    Rule(
        "no_household",
        _("Person without a household"),
        _("Families sign together; without a household nobody is offered the family's contract."),
        _("Choose the household, or make a new one."),
        Severity.GAP,
        Page.RESIDENT,
        of_people("p.household_id is null"),
    ),
    Rule(
        "no_head",
        _("Household without a head, or with two"),
        _("The head signs for the family."),
        _("Mark one member as the head."),
        Severity.GAP,
        Page.RESIDENT,
        """
        select h.household_id as subject, p.institution_id, p.village_id, null::bigint as team_id, p.id as resident_id,
               null::bigint as contract_id, jsonb_build_object('people', h.people, 'heads', h.heads) as detail
        from (
            select household_id, count(*) as people, count(*) filter (where is_head) as heads, min(id) as first
            from people where household_id is not null group by household_id
            having count(*) > 1 and count(*) filter (where is_head) <> 1
        ) h join people p on p.id = h.first
        """,
        _("People: {people}; marked as head: {heads}."),
    ),
    Rule(
        "maybe_twice",
        _("Perhaps the same person twice"),
        _("Two records with the same name and the same birth date and village, or the same name and phone."),
        _("Compare the records, and merge them if they are one person."),
        Severity.WRONG,
        Page.RESIDENT,
        of_people(
            "true",
            detail="jsonb_build_object('other', twin.other)",
            joins=f"""
            join (
                select id, min(other) as other from (
                    select a.id, b.id as other from people a
                    join people b using (name, birth_date, village_id) where a.id <> b.id
                    union all
                    select a.id, b.id from people a join people b using (name, phone_hash) where a.id <> b.id
                ) alike
                where {_NOT_TOLD_APART}
                group by id
            ) twin on twin.id = p.id
            """,
        ),
    ),
)

LEAVERS = (
    Rule(
        "service_after_leaving",
        _("Service after death or moving away"),
        _("A service is recorded on a day on which the person was dead or had moved away."),
        _("Correct the day of leaving, or the service."),
        Severity.WRONG,
        Page.RESIDENT,
        """
        select r.id as subject, r.institution_id, r.village_id, null::bigint as team_id, r.id as resident_id,
               null::bigint as contract_id,
               jsonb_build_object('services', count(*), 'day', max(s.performed_on)) as detail
        from residents_resident r
        join contracts_service s
            on s.resident_id = r.id and (s.performed_on > r.died_on or s.performed_on >= r.moved_out_on)
        where r.died_on is not null or r.moved_out_on is not null
        group by r.id
        """,
        _("Services: {services}, the last on {day}."),
    ),
    Rule(
        "covered_after_leaving",
        _("Contract signed after somebody died or moved away"),
        _(
            "A contract ends by itself when somebody dies or moves away, and one signed ahead never begins; this one"
            " was signed only then."
        ),
        _("Correct the day of leaving, or ask the bureau to look into the signing."),
        Severity.WRONG,
        Page.RESIDENT,
        """
        select c.id as subject, r.institution_id, r.village_id, k.team_id, r.id as resident_id,
               c.contract_id, jsonb_build_object('day', least(r.died_on, r.moved_out_on)) as detail
        from residents_resident r
        join contracts_coverage c on c.resident_id = r.id
        join contracts_contract k on k.id = c.contract_id
        where (k.signed_on > r.died_on or k.signed_on >= r.moved_out_on)
          and (c.terminated_on is null or c.terminated_on > c.start_on)
        """,
        _("Left on {day}."),
    ),
)

RULES = (*PHONES, *REGISTERS, *PLACES, *LEAVERS)
