"""`teams`: the teams as they are now, with leader, members and villages."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.imports.columns import code, codes, day, text
from teams.imports.institutions import INSTITUTION_HEADINGS, UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import (
    assign,
    check_order,
    ids_by_code,
    known,
    known_code,
    load_in_rounds,
    settle,
    values_of,
)
from teams.imports.rows import Rejection, Row
from teams.models import Division, Institution, Staff, Team, TeamMember, TeamVillage
from teams.models.dated import BEGINNING

UNKNOWN_STAFF = _("There is no staff member with the number “{code}”.")
UNKNOWN_VILLAGE = _("There is no village with the code “{code}”.")
NOT_A_VILLAGE = _("The division “{code}” is not a village.")

_NOT_YOURS = _("A team with this code cannot be changed by your account.")
_DISSOLVED_BEFORE = _("The day of dissolving lies before the day of forming.")


class TeamLoader(Loader):
    """A row is the present state of a team: whom it doesn't name is no member. That corrects the open rows."""

    def load(self, rows: Sequence[Row]) -> None:
        self.institutions = ids_by_code(Institution.objects.visible_to(self.by), values_of(rows, "institution_code"))
        numbers = {number for row in rows for number in _members(row)}
        self.staff = ids_by_code(Staff.objects.visible_to(self.by), numbers, "staff_no")
        self.villages = find_villages(code for row in rows for code in row["village_codes"])
        load_in_rounds(rows, itemgetter("code"), self._load_round, _told)

    def _load_round(self, rows: Sequence[Row]) -> None:
        wanted = {row["code"] for row in rows}
        self.stored = {team.code: team for team in Team.objects.filter(code__in=wanted)}
        visible = Team.objects.visible_to(self.by).filter(code__in=wanted)
        self.hidden = self.stored.keys() - visible.values_list("code", flat=True)
        ids = [team.pk for team in self.stored.values()]
        self.members = _by_team(TeamMember.objects.filter(team__in=ids))
        self.served = _by_team(TeamVillage.objects.filter(team__in=ids))
        for row in rows:
            try:
                self._take(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)

    def _take(self, row: Row) -> None:
        if row["code"] in self.hidden:
            raise Rejection("code", _NOT_YOURS)
        values = {name: row[name] for name in ("name", "formed_on", "dissolved_on")}
        values["institution_id"] = known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        check_order(row, "formed_on", "dissolved_on", _DISSOLVED_BEFORE)
        members, villages = self._people_and_places(row)
        team = self.stored.get(row["code"])
        is_new = team is None
        team = team or Team(code=row["code"])
        before = (team.formed_on or BEGINNING, team.dissolved_on)
        is_changed = assign(team, values)
        if is_changed:
            team.save()
        is_changed |= _keep(TeamMember, "staff_id", team, self.members[team.pk], members, before)
        is_changed |= _keep(TeamVillage, "village_id", team, self.served[team.pk], villages, before)
        settle(row, is_new=is_new, is_changed=is_changed)

    def _people_and_places(self, row: Row) -> tuple[dict[int, dict[str, bool]], dict[int, dict[str, bool]]]:
        """The members (the leader is one) and the villages, by id. Raises Rejection."""
        leader, members = row["leader_staff_no"], {}
        for number in _members(row):
            column = "leader_staff_no" if number == leader else "member_staff_nos"
            members[known_code(number, column, self.staff, UNKNOWN_STAFF)] = {"is_leader": number == leader}
        villages = [village_id(code, "village_codes", self.villages) for code in row["village_codes"]]
        return members, {village: {} for village in villages if village}


def _told(codes: Collection[str]) -> dict[str, Hashable]:
    """As the file knows a team: its present members and villages, without their dates."""
    return {
        team.code: (
            (team.name, team.institution_id, team.formed_on, team.dissolved_on),
            frozenset(team.members.filter(to_on=team.dissolved_on).values_list("staff", "is_leader")),
            frozenset(team.villages.filter(to_on=team.dissolved_on).values_list("village", flat=True)),
        )
        for team in Team.objects.filter(code__in=codes)
    }


def _members(row: Row) -> tuple[str, ...]:
    leader = row["leader_staff_no"]
    return tuple(dict.fromkeys((leader, *row["member_staff_nos"]) if leader else row["member_staff_nos"]))


def find_villages(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Code -> id and level of the divisions with those codes."""
    wanted = {code for code in codes if code}
    rows = Division.objects.filter(code__in=wanted).values_list("code", "id", "level") if wanted else ()
    return {code: (id_, level) for code, id_, level in rows}


def village_id(code: str, column: str, villages: Mapping[str, tuple[int, str]]) -> int | None:
    """The id of the village with the code; None without a code. Raises Rejection when it is none."""
    if not code:
        return None
    found, level = known_code(code, column, villages, UNKNOWN_VILLAGE)
    if level != Division.Level.VILLAGE:
        raise Rejection(column, format_lazy(NOT_A_VILLAGE, code=code))
    return found


def _by_team(queryset: "QuerySet[TeamMember] | QuerySet[TeamVillage]") -> dict[int, list[TeamMember | TeamVillage]]:
    found: dict[int, list[TeamMember | TeamVillage]] = defaultdict(list)
    for link in queryset:
        found[link.team_id].append(link)
    return found


def _keep(
    model: type[TeamMember] | type[TeamVillage],
    field: str,
    team: Team,
    links: Sequence[TeamMember | TeamVillage],
    wanted: Mapping[int, Mapping[str, Any]],
    before: tuple[date, date | None],
) -> bool:
    """Make the last rows of a team those of `wanted` (id of the person or village -> attributes); whether any changed.

    A new row holds since the team's start, or since the end of an earlier one of the same person or village, until the
    team was dissolved. Rows that began or ended with the team, as it was recorded `before`, move with it.
    """
    start, end = team.formed_on or BEGINNING, team.dissolved_on
    since: dict[int, date] = {}
    present: dict[int, TeamMember | TeamVillage] = {}
    for link in links:
        key = getattr(link, field)
        if link.to_on is None or link.to_on == before[1]:
            present[key] = link
        else:
            since[key] = max(link.to_on, since.get(key, start))
    is_changed = False
    for key in present.keys() | wanted.keys():
        link = present.get(key) or model(team=team, from_on=before[0], **{field: key})
        from_on = since.get(key, start) if link.from_on == before[0] else link.from_on
        if key not in wanted or (end and from_on >= end):
            is_changed |= bool(link.pk and link.delete())
        elif assign(link, {**wanted[key], "from_on": from_on, "to_on": end}) or not link.pk:
            link.save()
            is_changed = True
    return is_changed


TEAMS = Kind(
    "teams",
    _("teams"),
    50,
    (
        code("code", "团队编码", 40, required=True, sample="YQT001", synonyms=("团队代码", "团队编号")),
        text("name", "团队名称", 80, required=True, sample="李医生团队", synonyms=("家庭医生团队", "签约团队")),
        code("institution_code", "机构编码", 40, required=True, sample="34120401", synonyms=INSTITUTION_HEADINGS),
        code(
            "leader_staff_no",
            "团队长工号",
            40,
            sample="YQ0001",
            help=_("The leader is a member, too."),
            synonyms=("团队长", "队长工号", "负责人工号"),
        ),
        codes("member_staff_nos", "成员工号", sample="YQ0002;YQ0003", synonyms=("团队成员工号", "团队成员")),
        codes("village_codes", "服务村居", sample="341204100201", synonyms=("服务村居代码", "服务区域代码")),
        day("formed_on", "组建日期", sample="2016-01-01", synonyms=("成立日期", "组建时间")),
        day("dissolved_on", "撤销日期", synonyms=("撤销时间", "解散日期")),
    ),
    TeamLoader,
    models=(Team, TeamMember, TeamVillage),
    shown={TeamMember: ("member_staff_nos", "staff"), TeamVillage: ("village_codes", "village")},
)
