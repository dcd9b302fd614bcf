"""What the public pages show of a publication."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Grade, UnitKind
from teams.models import Staff
from teams.phones import tel

Content = Mapping[str, Any]
# What residents read unless the bureau writes something else.
HOW = (
    "带上身份证或户口簿，到居住地的镇卫生院、社区卫生服务中心、村卫生室或社区卫生服务站，选择家庭医生团队并签订协议；"
    "行动不便的，请拨打中心电话预约上门签约。"
)
GRADE_TONES = {"excellent": "good", "good": "info", "pass": "grey", "fail": "warn"}


def find_centre(content: Content, pk: int) -> Content | None:
    """The centre of the id, if it was published."""
    return next((row for row in content["centres"] if row["id"] == pk), None)


def graded_by(content: Content) -> list[str]:
    """Which assessments the grades are of, a sentence each. Publications of before tell of one, not of which units."""
    if "cycles" not in content:
        return [_("Grades: %(cycle)s.") % {"cycle": content["cycle"]}] if content["cycle"] else []
    said = {
        UnitKind.INSTITUTION: _("Grades of centres: %(cycle)s."),
        UnitKind.TEAM: _("Grades of teams: %(cycle)s."),
    }
    names = content["cycles"]
    return [sentence % {"cycle": names[kind]} for kind, sentence in said.items() if kind in names]


def called(phone: str) -> dict[str, str]:
    """A telephone number as it is read (`phone`) and dialled (`tel`)."""
    return {"phone": phone, "tel": tel(phone)}


def centre_rows(content: Content, phones: Mapping[int, str]) -> list[dict[str, Any]]:
    """The centres with their grades in words, where to call, and how many teams and doctors they have."""
    return [centre_row(row, phones.get(row["id"], "")) for row in content["centres"]]


def centre_row(centre: Content, phone: str) -> dict[str, Any]:
    """A centre as `centre_rows` tells it."""
    return {
        **centre,
        **_grade(centre["grade"]),
        **called(phone),
        "team_count": len(centre["teams"]),
        "doctor_count": len({member["name"] for team in centre["teams"] for member in team["members"]}),
    }


def team_rows(centre: Content) -> list[dict[str, Any]]:
    """A centre's teams with jobs and grades in words."""
    return [
        {
            **team,
            **_grade(team["grade"]),
            "members": [{**member, "job": str(Staff.Job(member["job"]).label)} for member in team["members"]],
        }
        for team in centre["teams"]
    ]


def _grade(code: str) -> dict[str, str]:
    label = str(Grade(code).label) if code in Grade.values else ""
    return {"grade_label": label, "grade_tone": GRADE_TONES.get(code, "grey")}
