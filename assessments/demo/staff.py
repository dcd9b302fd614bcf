"""Staff and family-doctor teams: who works where, who belongs to which team, which team serves which village."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from assessments.demo.figures import PlaceFacts
from assessments.demo.habits import Habit, draw_habits
from assessments.demo.identities import mobile
from assessments.demo.names import Names
from assessments.demo.places import Center, Places, Village
from teams import cipher
from teams.models import Institution, Staff, Team, TeamMember, TeamVillage

Job = Staff.Job
CENTER_JOBS = (Job.GENERAL_PRACTICE, Job.GENERAL_PRACTICE, Job.INTERNAL_MEDICINE, Job.TCM, Job.PAEDIATRICS)
FAMILY_DOCTORS = frozenset({*CENTER_JOBS, Job.VILLAGE_DOCTOR})
FORMED_ON = date(2016, 3, 1)
NURSES_LEFT = 6  # nurses who left in 2018, each with a successor
HANDED_OVER_ON = date(2018, 7, 1)  # in each rural centre one small village got another team


@dataclass
class Crew:
    """A team with what the generator needs to know of it."""

    team: Team
    center: Center
    habit: Habit
    members: list[Staff] = field(default_factory=list)
    staff_ids: list[int] = field(default_factory=list)  # the doctors, who give the services
    village_phone: str = ""  # of its village doctor


@dataclass(frozen=True)
class Slot:
    """Where a household belongs: a village, the clinic that manages it, and the team that serves it (its number).

    `team_before` served it until HANDED_OVER_ON.
    """

    village: Village
    clinic: Institution
    team: int
    team_before: int


class Roster:
    """Makes staff and teams. `crews` are numbered like the teams of slots; `slots` belong to each village."""

    def __init__(self, facts: PlaceFacts, places: Places, rng: Random) -> None:
        self.facts = facts
        self.places = places
        self.rng = rng
        self.names = Names(rng)
        self.staff: list[Staff] = []
        self.phones: list[str] = []  # of the staff, in their order
        self.crews: list[Crew] = []
        self.slots: dict[str, list[Slot]] = {}  # by village code
        self.served: list[TeamVillage] = []

    def make(self) -> None:
        """Save everything."""
        habits = iter(draw_habits(self.rng, self.facts.published["teams"]))
        for center in self.places.centers:
            self._make_teams(center, habits)
        self._hire()
        Team.objects.bulk_create(crew.team for crew in self.crews)
        Staff.objects.bulk_create(self.staff)
        TeamVillage.objects.bulk_create(self.served)
        TeamMember.objects.bulk_create(self._memberships())
        for crew in self.crews:
            crew.staff_ids = [member.pk for member in crew.members if member.job in FAMILY_DOCTORS]

    def _make_teams(self, center: Center, habits: Iterator[Habit]) -> None:
        """As many teams as clinics. In the country the two smallest villages share one, and the largest gets two."""
        groups = [[village] for village in center.villages for _clinic in village.clinics]
        if not center.is_urban:
            smallest = sorted((v for v in center.villages if len(v.clinics) == 1), key=lambda v: v.weight)[:2]
            groups = [group for group in groups if group[0] not in smallest]
            groups += [smallest, [max(center.villages, key=lambda v: v.weight)]]
        for group in groups:
            number = len(self.crews) + 1
            team = Team(
                code=f"{self.facts.division}T{number:03}",
                name=f"{group[0].short_name}家庭医生团队{self._ordinal(group[0])}",
                institution=center.institution,
                formed_on=FORMED_ON,
            )
            self.crews.append(Crew(team, center, next(habits)))
            for village in group:
                self._serve(village, number - 1)
        if not center.is_urban:
            self._hand_over(smallest[1])

    def _ordinal(self, village: Village) -> str:
        """What tells the second and third team of a village from the first."""
        return ("", "（二）", "（三）")[len(self.slots.get(village.division.code, ()))]

    def _serve(self, village: Village, team: int) -> None:
        slots = self.slots.setdefault(village.division.code, [])
        clinic = village.clinics[len(slots) % len(village.clinics)]
        slots.append(Slot(village, clinic, team, team))
        self.served.append(TeamVillage(team=self.crews[team].team, village=village.division, from_on=FORMED_ON))

    def _hand_over(self, village: Village) -> None:
        """From a day on the last team serves the village; contracts stay with the team that signed them."""
        (old,) = self.slots[village.division.code]
        team = len(self.crews) - 1
        self.slots[village.division.code] = [Slot(village, old.clinic, team, old.team)]
        next(row for row in self.served if row.village == village.division).to_on = HANDED_OVER_ON
        row = TeamVillage(team=self.crews[team].team, village=village.division, from_on=HANDED_OVER_ON)
        self.served.append(row)

    def _hire(self) -> None:
        """A doctor of the centre leads each team, village doctors and a nurse belong to it; the rest at the centres."""
        doctors = self.facts.published["family_doctors"]
        village_doctors = doctors - len(self.crews)
        for number, crew in enumerate(self.crews):
            crew.members.append(self._employ(self.rng.choice(CENTER_JOBS), crew.center.institution))
            extra = number < village_doctors % len(self.crews)
            clinic = self._clinic_of(number)
            for _ in range(village_doctors // len(self.crews) + extra):
                crew.members.append(self._employ(Job.VILLAGE_DOCTOR, clinic))
            crew.village_phone = self.phones[-1]
            crew.members.append(self._employ(Job.NURSE, crew.center.institution))
        for center in self.places.centers:
            crews = [crew for crew in self.crews if crew.center is center]
            for job in (Job.PUBLIC_HEALTH, Job.PUBLIC_HEALTH, Job.PHARMACIST, Job.HEALTH_MANAGER):
                member = self._employ(job, center.institution)
                for crew in crews[:: 2 if job == Job.PUBLIC_HEALTH else 5]:
                    crew.members.append(member)
        for hospital in self.places.hospitals:
            for _ in range(8):
                self._employ(Job.SPECIALIST, hospital)

    def _clinic_of(self, team: int) -> Institution:
        slots = (slot for slots in self.slots.values() for slot in slots)
        return next(slot.clinic for slot in slots if team in (slot.team, slot.team_before))

    def _employ(self, job: str, institution: Institution) -> Staff:
        rng = self.rng
        is_female = 1 if job == Job.NURSE else rng.random() < 0.4
        name, _initials = self.names.full(self.names.surname(), is_female=int(is_female), born=rng.randint(1960, 1993))
        phone = mobile(rng)
        member = Staff(
            staff_no=f"YQ{len(self.staff) + 1:04}",
            name=name,
            job=job,
            institution=institution,
            phone_cipher=cipher.encrypt(phone, field="phone"),
            phone_hash=cipher.lookup_hash(phone, field="phone"),
            joined_on=date(rng.randint(1996, 2015), rng.randint(1, 12), 1),
        )
        self.staff.append(member)
        self.phones.append(phone)
        return member

    def _memberships(self) -> list[TeamMember]:
        """Everybody since the team was formed; a few nurses left, and others came in their place."""
        rows = []
        for crew in self.crews:
            for place, member in enumerate(crew.members):
                rows.append(TeamMember(team=crew.team, staff=member, is_leader=place == 0, from_on=FORMED_ON))
        nurses = [row for row in rows if row.staff.job == Job.NURSE]
        for row, successor in zip(nurses[:NURSES_LEFT], nurses[NURSES_LEFT:], strict=False):
            row.to_on = row.staff.left_on = date(2018, 5, 1)
            rows.append(TeamMember(team=row.team, staff=successor.staff, from_on=date(2018, 5, 1)))
        Staff.objects.bulk_update([row.staff for row in nurses[:NURSES_LEFT]], ["left_on"])
        return rows
