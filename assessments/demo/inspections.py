"""Three rounds of inspections by six patrol groups: one long over, one being mended, one under way."""

import struct
import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from assessments.actions.checklists import load_shipped
from assessments.actions.uploads import keep
from assessments.calendar import CalendarMonth, working_days
from assessments.demo.figures import PlaceFacts
from assessments.models import (
    Answer,
    ChecklistItem,
    Finding,
    FindingProof,
    FindingStep,
    Inspection,
    InspectionRound,
    InspectionTeam,
)
from assessments.queries.inspections import to_inspect
from assessments.uploads import Proof
from teams.clock import today
from teams.models import User

State = Finding.State
THEMES = (
    "签约真实性和联系电话核查",
    "履约记录、慢病随访和健康扶贫政策知晓情况",
    "年底续签准备和整改回头看",
)
GROUPS = ("第一巡查组", "第二巡查组", "第三巡查组", "第四巡查组", "第五巡查组", "第六巡查组")
FAULT_SHARE = 0.04
MEND_DAYS = timedelta(days=7)
# What inspectors write, by item of a checklist; `{}` is a number.
WORDS = {
    "board": "公示栏未更新，有{}名成员已调离仍在公示",
    "materials": "宣传折页仍为上年版本",
    "handbook": "抽查5户，{}户手册内容与系统不一致",
    "signature": "抽查10份协议，{}份非本人或家属签字",
    "phones": "电话核对10人，空号、错号{}人，其中1个为村医号码",
    "records": "履约记录过于单调，{}份内容雷同",
    "evaluation": "抽查5人，{}人无健康评估和个性化指导",
    "follow_up": "抽查慢病患者4人，{}人未按期随访",
    "poor": "入户2户，有{}户不了解签约内容和健康扶贫政策",
    "knows_poor": "签约医生不熟悉所负责的{}户贫困户情况",
    "plan": "缺年度实施方案和工作制度",
    "teams": "{}支团队缺少公共卫生人员",
    "training": "第二次培训无签到和考核材料",
    "incentive": "未建立签约服务激励分配制度",
    "guidance": "近三个月对村卫生室的督导记录缺{}次",
    "report": "月报与系统相差{}人",
    "phone_check": "未留存中心自查电话抽查台账",
    "referral": "抽查5例转诊，{}例无反馈",
    "mending": "上月通报的问题有{}个未整改",
}
ENDS = {
    0: (State.CLOSED,) * 24 + (State.ASSIGNED,),
    1: (State.CLOSED,) * 12 + (State.REVIEWED,) * 3 + (State.DONE,) * 4 + (State.ASSIGNED,) * 2 + (State.WITHDRAWN,),
    2: (State.FOUND,) * 3 + (State.ASSIGNED,) * 5 + (State.DONE,),
}
# The states that lead to an end, in order.
WAYS = {
    State.FOUND: (State.FOUND,),
    State.ASSIGNED: (State.FOUND, State.ASSIGNED),
    State.DONE: (State.FOUND, State.ASSIGNED, State.DONE),
    State.REVIEWED: (State.FOUND, State.ASSIGNED, State.DONE, State.REVIEWED),
    State.CLOSED: (State.FOUND, State.ASSIGNED, State.DONE, State.REVIEWED, State.CLOSED),
    State.WITHDRAWN: (State.FOUND, State.WITHDRAWN),
}
NOTES = {State.DONE: "已整改，附照片", State.WITHDRAWN: "核实后为系统同步延迟，不属问题"}


def inspect(facts: PlaceFacts, official: User, clerk: User, rng: Random) -> None:
    """Save the checklists, the groups and the rounds up to today, with findings in every state."""
    load_shipped()
    groups = [
        InspectionTeam.objects.create(number=number, name=name, members=_names(rng))
        for number, name in enumerate(GROUPS, start=1)
    ]
    earlier: dict[tuple[int, str], Finding] = {}
    last = CalendarMonth.of(facts.completion_as_of)
    for place, theme in enumerate(THEMES):
        months_ago = len(THEMES) - 1 - place
        made = InspectionRound.objects.create(
            first_on=last.plus(-months_ago).first,
            theme=theme,
            status="closed" if months_ago else "running",
            made_by=official,
        )
        inspections = _plan(made, groups)
        done = [row for row in inspections if row.done_on]
        found = _look(done, rng, official)
        _mend(found, ENDS[place], rng, official, clerk, earlier)
    _photograph(Finding.objects.filter(state__in=(State.DONE, State.ASSIGNED)).order_by("pk")[:12], official, clerk)


def _plan(made: InspectionRound, groups: list[InspectionTeam]) -> list[Inspection]:
    """Every institution with a group and a day; done when the day is over, but for some of the running round."""
    days = working_days(made.first_on)
    shares: list[list[Inspection]] = [[] for _group in groups]
    for place, block in enumerate(to_inspect(made)):
        share = shares[(place + made.first_on.month) % len(groups)]
        group = groups[(place + made.first_on.month) % len(groups)]
        share.extend(
            Inspection(round=made, institution=institution, team=group, checklist=checklist, planned_on=days[0])
            for institution, checklist in block
        )
    rows = []
    for share in shares:
        for place, row in enumerate(share):
            row.planned_on = days[place * len(days) // len(share)]
            row.done_on = row.planned_on if row.planned_on < today() else None
            rows.append(row)
    return Inspection.objects.bulk_create(rows)


def _look(done: list[Inspection], rng: Random, official: User) -> list[Finding]:
    """Answers to every item; what is wrong becomes a finding, not saved yet."""
    items: dict[int, list[ChecklistItem]] = {}
    for item in ChecklistItem.objects.select_related("checklist"):
        items.setdefault(item.checklist_id, []).append(item)
    answers, found = [], []
    for row in done:
        for item in items[row.checklist_id]:
            is_fault = item.code in WORDS and rng.random() < FAULT_SHARE
            outcome = Answer.Outcome.FAULT if is_fault else Answer.Outcome.IN_ORDER
            answers.append(Answer(inspection=row, item=item, outcome=outcome, by=str(official)))
            if is_fault:
                text = WORDS[item.code].format(rng.randrange(1, 4))
                found.append(_finding(row, item, text))
    Answer.objects.bulk_create(answers, batch_size=1000)
    return found


def _finding(row: Inspection, item: ChecklistItem, text: str) -> Finding:
    assert row.done_on
    return Finding(
        inspection=row,
        institution_id=row.institution_id,
        item=item,
        text=text,
        deduction=item.points,
        found_on=row.done_on,
    )


def _mend(
    found: list[Finding],
    ends: tuple[State, ...],
    rng: Random,
    official: User,
    clerk: User,
    earlier: dict[tuple[int, str], Finding],
) -> None:
    """Let each finding go its way to the end that is drawn for it, as far as the days allow."""
    ways = []
    for place, finding in enumerate(found):
        last = earlier.get((finding.institution_id, finding.item.code))
        if last:
            finding.relapse_of, finding.relapses = last, last.relapses + 1
        end = ends[place % len(ends)]
        way = [(state, day) for state, day in _days(finding, WAYS[end], rng) if day <= today()]
        finding.state = way[-1][0]
        finding.due_on = finding.found_on + MEND_DAYS if len(way) > 1 and end != State.WITHDRAWN else None
        finding.done_on = next((day for state, day in way if state == State.DONE), None)
        finding.closed_on = way[-1][1] if finding.state == State.CLOSED else None
        ways.append(way)
        earlier[finding.institution_id, finding.item.code] = finding
    Finding.objects.bulk_create(found)
    steps = [
        FindingStep(
            finding=finding,
            state=state,
            on=day,
            due_on=finding.due_on if state != State.FOUND else None,
            by=str(clerk if state == State.DONE else official),
            note=NOTES.get(state, ""),
        )
        for finding, way in zip(found, ways, strict=True)
        for state, day in way
    ]
    FindingStep.objects.bulk_create(steps, batch_size=1000)


def _days(finding: Finding, way: Iterable[State], rng: Random) -> list[tuple[State, date]]:
    """The days of the steps: handed down at once, mended within the week, reviewed and closed a little later."""
    day, found = finding.found_on, []
    for state in way:
        if state in (State.DONE, State.REVIEWED, State.CLOSED, State.WITHDRAWN):
            day += timedelta(days=rng.randrange(1, 5))
        found.append((state, day))
    return found


def _photograph(rows: Iterable[Finding], official: User, clerk: User) -> None:
    for finding in rows:
        keep(FindingProof, [picture(200, 90, 80)], by=official, finding=finding)
        if finding.state == State.DONE:
            keep(FindingProof, [picture(90, 160, 110)], by=clerk, finding=finding, is_mended=True)


def picture(red: int, green: int, blue: int) -> Proof:
    """A small picture in one colour, which stands for a photograph."""
    width, height = 160, 120

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((red, green, blue)) * width for _row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return Proof(content, "image/png")


def _names(rng: Random) -> str:
    given = ("建国", "志强", "秀兰", "丽", "敏", "军", "伟", "芳")
    return "、".join(rng.choice("王李张刘陈杨赵黄周吴") + rng.choice(given) for _one in range(3))
