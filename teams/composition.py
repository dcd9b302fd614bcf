"""What a team is measured by (docs/teams.md): the jobs of its members, its load, and whether that meets the policy."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.models import Institution, Staff, Team, TeamMember

Job = Staff.Job
# Who carries residents of their own in "residents a doctor"; nurses, pharmacists, public health and experts don't.
DOCTORS = frozenset(
    {
        Job.GENERAL_PRACTICE,
        Job.INTERNAL_MEDICINE,
        Job.SURGERY,
        Job.GYNAECOLOGY,
        Job.PAEDIATRICS,
        Job.TCM,
        Job.VILLAGE_DOCTOR,
    }
)
CENTRES = (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER)


@dataclass(frozen=True)
class Check:
    """One demand of the policy: what it is, how it stands, what is missing in words ("" when it is met)."""

    name: str | Promise
    standing: str
    demand: str | Promise
    missing: str | Promise = ""

    @property
    def is_met(self) -> bool:
        """Whether the demand is met."""
        return not self.missing


def jobs_on(teams: Iterable[int], day: date) -> dict[int, Counter[str]]:
    """Team id -> how many members of each job it has on the day; teams without members are absent."""
    found: dict[int, Counter[str]] = {}
    rows = TeamMember.objects.on(day).filter(team__in=list(teams)).values_list("team_id", "staff__job", "is_leader")
    for team, job, is_leader in rows:
        jobs = found.setdefault(team, Counter())
        jobs[job] += 1
        jobs["leader"] += is_leader
    return found


def job_checks(jobs: Counter[str], policy: Mapping[str, int]) -> list[Check]:
    """A leader, and as many members of each job as the policy `team_<job>` asks for (0: no such demand)."""
    leader = _check(_("team leader"), jobs["leader"], 1)
    demands = ((job, policy.get(f"team_{job.value}", 0)) for job in Job)
    return [leader, *(_check(job.label, jobs[job.value], least) for job, least in demands if least)]


def doctors(jobs: Counter[str]) -> int:
    """How many members carry residents."""
    return sum(jobs[job.value] for job in DOCTORS)


def centre_check(institution: Institution, day: date, policy: Mapping[str, int]) -> Check | None:
    """A health centre has at least so many teams; None for other institutions and where nothing is asked."""
    least = policy["centre_teams_least"]
    if institution.kind not in CENTRES or not least:
        return None
    return _check(
        _("teams of the centre"), Team.objects.existing_on(day).filter(institution=institution).count(), least
    )


def between(name: str | Promise, value: int, least: int, most: int) -> Check | None:
    """A load within the policy's limits; 0 means no limit, and without limits there is no check."""
    if not (least or most):
        return None
    demand = _limits(least, most)
    if least and value < least:
        return Check(name, f"{value:,}", demand, format_lazy(_("{count} too few"), count=f"{least - value:,}"))
    if most and value > most:
        return Check(name, f"{value:,}", demand, format_lazy(_("{count} too many"), count=f"{value - most:,}"))
    return Check(name, f"{value:,}", demand)


def _check(name: str | Promise, count: int, least: int) -> Check:
    missing = format_lazy(_("{count} missing"), count=least - count) if count < least else ""
    return Check(name, str(count), _limits(least, 0), missing)


def _limits(least: int, most: int) -> str | Promise:
    if least and most:
        return f"{least:,}–{most:,}"
    if most:
        return format_lazy(_("at most {count}"), count=f"{most:,}")
    return format_lazy(_("at least {count}"), count=f"{least:,}")
