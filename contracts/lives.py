"""What services and contracts say about the days of a life."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage, Service
from residents.models import Resident
from teams.rules import RuleViolation


def check_born_before_services(resident: Resident) -> None:
    """Services are given to the living: none before birth. Raises RuleViolation life.service_before_birth."""
    early = _services(resident).filter(performed_on__lt=resident.birth_date).first()
    if early:
        raise _unfit("life.service_before_birth", _("“{item}” was given on {day}, before this day of birth."), early)


def check_services_fit(resident: Resident) -> None:
    """None before birth and none after death. Raises RuleViolation: life.service_before_birth, .service_after_death."""
    check_born_before_services(resident)
    late = _services(resident).filter(performed_on__gt=resident.died_on).first() if resident.died_on else None
    if late:
        raise _unfit(
            "life.service_after_death",
            _("“{item}” was given on {day}, after this day of death. Correct one of the two."),
            late,
        )


def doubts_about_leaving(
    resident: Resident, *, died_on: date | None, moved_out_on: date | None
) -> Iterator[str | Promise]:
    """What was recorded of somebody after these days, for a person to confirm: either may be the mistake."""
    services = Service.objects.filter(_after("performed_on", died_on, moved_out_on), resident=resident)
    signed = _signed().filter(_after("contract__signed_on", died_on, moved_out_on), resident=resident)
    told = (
        (_("Services recorded after that day: {count}, the last on {day}."), services, "performed_on"),
        (_("Contracts signed after that day: {count}, the last on {day}."), signed, "contract__signed_on"),
    )
    is_any = False
    for sentence, rows, field in told:
        found = rows.aggregate(count=Count("pk"), day=Max(field))
        if found["count"]:
            is_any = True
            yield format_lazy(sentence, **found)
    if is_any:
        yield _("Saved all the same, it shows among the data problems until one of the two is corrected.")


def recorded_after_leaving(residents: Collection[int]) -> set[int]:
    """Of these residents by id, those of whom services or contracts are recorded from after they died or moved away."""
    died_on, moved_out_on = F("resident__died_on"), F("resident__moved_out_on")
    services = Service.objects.filter(_after("performed_on", died_on, moved_out_on), resident__in=residents)
    signed = _signed().filter(_after("contract__signed_on", died_on, moved_out_on), resident__in=residents)
    return {*services.values_list("resident", flat=True), *signed.values_list("resident", flat=True)}


def _after(field: str, died_on: date | F | None, moved_out_on: date | F | None) -> Q:
    """Later than the death, or from the day of moving away on."""
    found = Q(pk__in=())
    if died_on:
        found |= Q(**{f"{field}__gt": died_on})
    if moved_out_on:
        found |= Q(**{f"{field}__gte": moved_out_on})
    return found


def _services(resident: Resident) -> Any:
    return Service.objects.filter(resident=resident).order_by("performed_on").select_related("item")


def _signed() -> Any:
    """Coverages that ever were."""
    return Coverage.objects.exclude(terminated_on=F("start_on"))


def _unfit(code: str, message: Any, service: Service) -> RuleViolation:
    return RuleViolation(code, format_lazy(message, item=service.item.name, day=service.performed_on))
