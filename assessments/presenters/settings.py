"""What the pages of settings show."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise

from teams.models import PolicyValue
from teams.policy_settings import GROUPS, Setting


class SettingRow(NamedTuple):
    """A setting with its value today in words and their unit, the day since which it holds (None: the default) and what
    follows."""

    setting: Setting
    now: str | Promise
    unit: str | Promise
    since: date | None
    following: Sequence["ValueRow"]


class ValueRow(NamedTuple):
    """A dated value in words; `is_fixed`: frozen months were computed with it."""

    row: PolicyValue
    said: str | Promise
    is_now: bool
    is_fixed: bool


class GroupRows(NamedTuple):
    """Settings of one subject."""

    title: str | Promise
    rows: Sequence[SettingRow]


def group_rows(values: Mapping[str, Sequence[PolicyValue]], day: date) -> list[GroupRows]:
    """Every setting by subject; `values`: what was set of each, in the order of days."""
    return [
        GroupRows(group.title, [setting_row(setting, values.get(setting.code, ()), day) for setting in group.settings])
        for group in GROUPS
    ]


def value_rows(setting: Setting, values: Sequence[PolicyValue], day: date, frozen: date | None) -> list[ValueRow]:
    """What was set of a setting, the latest first."""
    now = _now(values, day)
    return [
        ValueRow(row, setting.said(int(row.value)), row is now, bool(frozen and row.from_on <= frozen))
        for row in reversed(values)
    ]


def setting_row(setting: Setting, values: Sequence[PolicyValue], day: date) -> SettingRow:
    """One setting as it stands on the day; `values`: what was set of it, in the order of days."""
    now = _now(values, day)
    following = [ValueRow(row, setting.said(int(row.value)), False, False) for row in values if row.from_on > day]
    value = int(now.value) if now else setting.default
    return SettingRow(setting, setting.said(value), setting.unit.of(value), now.from_on if now else None, following)


def _now(values: Sequence[PolicyValue], day: date) -> PolicyValue | None:
    return next((row for row in reversed(values) if row.from_on <= day), None)
