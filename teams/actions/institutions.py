"""Making and changing institutions. Where one stands in the tree is dated: what held before can still be read."""

from datetime import date

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams import copies
from teams.actions.twins import only_one
from teams.history import made_by
from teams.memory import forget
from teams.models import Division, Institution, InstitutionParent, User
from teams.models.accounts import SystemAccount
from teams.models.dated import BEGINNING
from teams.rules import (
    check_can_change_institution,
    check_can_edit_institution,
    check_can_move_institution,
    check_institution_is_present,
    check_public_phone,
)

Account = User | SystemAccount
# What a correction may change; a copy of these that somebody has open may be old.
EDITED = ("name", "kind", "setting", "division_id", "public_phone")


@transaction.atomic
def create_institution(
    *,
    code: str,
    name: str,
    kind: str,
    setting: str,
    division: Division | None,
    parent: Institution,
    public_phone: str = "",
    by: Account,
) -> Institution:
    """Make an institution right below `parent`.

    Raises RuleViolation: institution.not_allowed, .outside, .code_taken, .phone.
    """
    check_can_edit_institution(parent, by)
    check_public_phone(public_phone)
    said = {"name": name, "kind": kind, "setting": setting, "division": division, "public_phone": public_phone}
    taken = format_lazy(_("There is an institution {code} already."), code=code)
    with made_by(by, "teams.create_institution"):
        with only_one("institution.code_taken", taken):
            made = Institution.objects.create(code=code, **said)
        InstitutionParent.objects.create(institution=made, parent=parent, from_on=BEGINNING)
    forget()
    return made


@transaction.atomic
def change_institution(
    *,
    institution: Institution,
    seen: str,
    name: str,
    kind: str,
    setting: str,
    division: Division | None,
    public_phone: str | None = None,
    by: Account,
) -> Institution:
    """Correct what is said of an institution that was opened with the fingerprint `seen` (`teams.copies`, of EDITED).

    Its public phone stays without one. Raises RuleViolation: institution.stale (somebody else was faster),
    .not_allowed, .outside, .has_teams, .phone.
    """
    institution = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    check_institution_is_present(copies.is_present(institution, seen, EDITED))
    check_can_change_institution(institution, kind=kind, by=by)
    check_public_phone(public_phone or "")
    institution.name, institution.kind, institution.setting, institution.division = name, kind, setting, division
    if public_phone is not None:
        institution.public_phone = public_phone
    with made_by(by, "teams.change_institution"):
        institution.save(update_fields=["name", "kind", "setting", "division", "public_phone"])
    return institution


@transaction.atomic
def move_institution(*, institution: Institution, parent: Institution, from_on: date, by: Account) -> Institution:
    """Put the institution, with everything below it, right below another one from a day on.

    Raises RuleViolation: institution.not_allowed, .outside, .root, .there_already, .future, .too_early, .below_itself.
    """
    list(Institution.objects.select_for_update(no_key=True).filter(pk__in=[institution.pk, parent.pk]).order_by("pk"))
    place = InstitutionParent.objects.filter(institution=institution, to_on=None).first()
    check_can_move_institution(institution, place, parent=parent, from_on=from_on, by=by)
    assert place
    with made_by(by, "teams.move_institution"):
        place.to_on = from_on
        place.save(update_fields=["to_on"])
        InstitutionParent.objects.create(institution=institution, parent=parent, from_on=from_on)
    forget()
    return institution
