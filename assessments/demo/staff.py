"""Staff and family-doctor teams: who works where, who belongs to which team, which team serves which village."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from assessments.demo.figures import PlaceFacts, Quotas, split
from assessments.demo.habits import Habit, draw_habits
from assessments.demo.identities import mobile
from assessments.demo.names import Names
from assessments.demo.places import Center, Places, Village
from teams import cipher
from teams.composition import DOCTORS
from teams.models import Institution, Staff, Team, TeamMember, TeamVillage

Job = Staff.Job
# Of whom one leads a team, unless the place says who its teams consist of.
CENTER_JOBS = (Job.GENERAL_PRACTICE, Job.GENERAL_PRACTICE, Job.INTERNAL_MEDICINE, Job.TCM, Job.PAEDIATRICS)
AT_CLINICS = frozenset({Job.VILLAGE_DOCTOR, Job.GRID_WORKER})
SPECIALISTS = 8  # of a hospital
CENTER_TEAMS = 4  # at least, where several villages share one
NURSES_LEFT = 6  # nurses who left in the year, each with a successor


@dataclass
class Crew:
    """A team with what the generator needs to know of it."""

    team: Team
    center: Center
    habit: Habit
    clinic: Institution  # of the first village that it serves
    members: list[Staff] = field(default_factory=list)
    staff_ids: list[int] = field(default_factory=list)  # the doctors, who give the services
    village_phone: str = ""  # of a member who works where the people live


@dataclass(frozen=True)
class Slot:
    """Where a household belongs: a village, the clinic that manages it, and the team that serves it (its number).

    `team_before` served it until `PlaceFacts.handed_over_on`.
    """

    village: Village
    clinic: Institution
    team: int
    team_before: int


class Roster:
    """Makes staff and teams. `crews` are numbered like the teams of slots; `slots` belong to each village."""

    def __init__(self, facts: PlaceFacts, places: Places, quotas: Quotas, rng: Random) -> None:
        self.facts = facts
        self.places = places
        self.quotas = quotas
        self.rng = rng
        self.names = Names(rng)
        self.staff: list[Staff] = []
        self.phones: list[str] = []  # of the staff, in their order
        self.crews: list[Crew] = []
        self.slots: dict[str, list[Slot]] = {}  # by village code
        self.served: list[TeamVillage] = []

    def make(self) -> None:
        """Save everything."""
        habits = iter(draw_habits(self.rng, self.quotas.teams))
        fewer = self._fewer_than_clinics()
        for center in self.places.centers:
            if fewer:
                self._make_teams(center, _balanced(center.villages, fewer[center.institution.code]), habits)
            else:
                self._make_team_a_clinic(center, habits)
        self._hire()
        Team.objects.bulk_create(crew.team for crew in self.crews)
        Staff.objects.bulk_create(self.staff)
        TeamVillage.objects.bulk_create(self.served)
        TeamMember.objects.bulk_create(self._memberships())
        for crew in self.crews:
            crew.staff_ids = [member.pk for member in crew.members if member.job in DOCTORS]

    def _fewer_than_clinics(self) -> dict[str, int]:
        """How many teams each centre has where teams have several villages; nothing where each clinic has a team."""
        villages, teams = self.places.villages, self.quotas.teams
        if teams >= sum(len(village.clinics) for village in villages):
            return {}
        centers = self.places.centers
        weights = {center.institution.code: sum(village.weight for village in center.villages) for center in centers}
        beyond = split(teams - CENTER_TEAMS * len(centers), weights)
        return {code: CENTER_TEAMS + count for code, count in beyond.items()}

    def _make_team_a_clinic(self, center: Center, habits: Iterator[Habit]) -> None:
        """As many teams as clinics. In the country the two smallest villages share one, and the largest gets two."""
        groups = [[village] for village in center.villages for _clinic in village.clinics]
        is_arranged = not center.is_urban and len(center.villages) > 2
        if is_arranged:
            smallest = sorted((v for v in center.villages if len(v.clinics) == 1), key=lambda v: v.weight)[:2]
            groups = [group for group in groups if group[0] not in smallest]
            groups += [smallest, [max(center.villages, key=lambda v: v.weight)]]
        self._make_teams(center, groups, habits)
        if is_arranged:
            self._hand_over(smallest[1])

    def _make_teams(self, center: Center, groups: list[list[Village]], habits: Iterator[Habit]) -> None:
        """A team for each group of villages."""
        for group in groups:
            number = len(self.crews)
            team = Team(
                code=f"{self.facts.division}T{number + 1:03}",
                name=f"{group[0].short_name}家庭医生团队{self._ordinal(group[0])}",
                institution=center.institution,
                formed_on=self.facts.began_on,
            )
            slots = [self._serve(village, number, team) for village in group]
            self.crews.append(Crew(team, center, next(habits), slots[0].clinic))

    def _ordinal(self, village: Village) -> str:
        """What tells the second and third team of a village from the first."""
        return ("", "（二）", "（三）")[len(self.slots.get(village.division.code, ()))]

    def _serve(self, village: Village, number: int, team: Team) -> Slot:
        slots = self.slots.setdefault(village.division.code, [])
        slots.append(Slot(village, village.clinics[len(slots) % len(village.clinics)], number, number))
        self.served.append(TeamVillage(team=team, village=village.division, from_on=self.facts.began_on))
        return slots[-1]

    def _hand_over(self, village: Village) -> None:
        """From a day on the last team serves the village; contracts stay with the team that signed them."""
        (old,) = self.slots[village.division.code]
        team, day = len(self.crews) - 1, self.facts.handed_over_on
        self.slots[village.division.code] = [Slot(village, old.clinic, team, old.team)]
        next(row for row in reversed(self.served) if row.village == village.division).to_on = day
        self.served.append(TeamVillage(team=self.crews[team].team, village=village.division, from_on=day))

    def _hire(self) -> None:
        """The members of each team, the first of whom leads it; then the rest at the centres and hospitals."""
        of_center: dict[str, list[Crew]] = {}
        for number, crew in enumerate(self.crews):
            for job in self._jobs(number):
                crew.members.append(self._employ(job, crew.clinic if job in AT_CLINICS else crew.center.institution))
            crew.village_phone = self.phones[-2]
            of_center.setdefault(crew.center.institution.code, []).append(crew)
        for center in self.places.centers:
            crews = of_center[center.institution.code]
            for job in (Job.PUBLIC_HEALTH, Job.PUBLIC_HEALTH, Job.PHARMACIST, Job.HEALTH_MANAGER):
                member = self._employ(job, center.institution)
                for crew in crews[:: 2 if job == Job.PUBLIC_HEALTH else 5]:
                    crew.members.append(member)
        self._hire_specialists()

    def _jobs(self, number: int) -> list[Job]:
        """What the members of a team are: as the place has it, or a doctor of the centre and village doctors; a nurse
        comes last."""
        if jobs := self.facts.staff.get("team"):
            return [*map(Job, jobs), Job.NURSE]
        each, more = divmod(self.facts.numbers["family_doctors"] - len(self.crews), len(self.crews))
        return [self.rng.choice(CENTER_JOBS), *[Job.VILLAGE_DOCTOR] * (each + (number < more)), Job.NURSE]

    def _hire_specialists(self) -> None:
        """Where they belong to teams, one of the leading hospital is in each, and one of every hospital above it."""
        staff = {
            hospital.code: [self._employ(Job.SPECIALIST, hospital) for _ in range(SPECIALISTS)]
            for hospital in self.places.hospitals
        }
        above = [hospital.code for hospital in self.places.hospitals if hospital.kind == Institution.Kind.HOSPITAL]
        for number, crew in enumerate(self.crews if self.facts.staff.get("specialists") else ()):
            codes = [crew.center.hospital.code, *above]
            crew.members += [staff[code][number % SPECIALISTS] for code in codes]

    def _employ(self, job: str, institution: Institution) -> Staff:
        rng, year = self.rng, self.facts.as_of.year
        is_female = 1 if job == Job.NURSE else rng.random() < 0.4
        name, _initials = self.names.full(
            self.names.surname(), is_female=int(is_female), born=rng.randint(year - 58, year - 25)
        )
        phone = mobile(rng)
        member = Staff(
            staff_no=f"{self.facts.facts['letters']}{len(self.staff) + 1:04}",
            name=name,
            job=job,
            institution=institution,
            phone_cipher=cipher.encrypt(phone, field="phone"),
            phone_hash=cipher.lookup_hash(phone, field="phone"),
            joined_on=date(rng.randint(1996, self.facts.began_on.year - 1), rng.randint(1, 12), 1),
        )
        self.staff.append(member)
        self.phones.append(phone)
        return member

    def _memberships(self) -> list[TeamMember]:
        """Everybody since the team was formed; a few nurses left, and others came in their place."""
        rows, day = [], self.facts.in_year(5, 1)
        for crew in self.crews:
            for place, member in enumerate(crew.members):
                rows.append(TeamMember(team=crew.team, staff=member, is_leader=place == 0, from_on=self.facts.began_on))
        nurses = [row for row in rows if row.staff.job == Job.NURSE]
        for row, successor in zip(nurses[:NURSES_LEFT], nurses[NURSES_LEFT:], strict=False):
            row.to_on = row.staff.left_on = day
            rows.append(TeamMember(team=row.team, staff=successor.staff, from_on=day))
        Staff.objects.bulk_update([row.staff for row in nurses[:NURSES_LEFT]], ["left_on"])
        return rows


def _balanced(villages: list[Village], count: int) -> list[list[Village]]:
    """The villages in `count` groups of about the same weight."""
    groups: list[list[Village]] = [[] for _ in range(count)]
    weights = [0.0] * count
    for village in sorted(villages, key=lambda village: -village.weight):
        lightest = weights.index(min(weights))
        groups[lightest].append(village)
        weights[lightest] += village.weight
    return groups
