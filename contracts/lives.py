"""What services and visits say about the days of a life."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Service
from residents.models import Resident
from teams.rules import RuleViolation


def check_services_fit(resident: Resident) -> None:
    """Services are given to the living: none before birth, none after death. One of the two is a mistake.

    Raises RuleViolation: life.service_before_birth, .service_after_death.
    """
    services = Service.objects.filter(resident=resident).order_by("performed_on").select_related("item")
    early = services.filter(performed_on__lt=resident.birth_date).first()
    if early:
        raise _unfit("life.service_before_birth", _("“{item}” was given on {day}, before this day of birth."), early)
    late = services.filter(performed_on__gt=resident.died_on).first() if resident.died_on else None
    if late:
        raise _unfit(
            "life.service_after_death",
            _("“{item}” was given on {day}, after this day of death. Correct one of the two."),
            late,
        )


def _unfit(code: str, message: Any, service: Service) -> RuleViolation:
    return RuleViolation(code, format_lazy(message, item=service.item.name, day=service.performed_on))
