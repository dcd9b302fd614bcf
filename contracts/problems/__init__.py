"""Data problems: what each rule looks for, in words and as one set-based query (docs/data-problems.md).

A check makes two temporary tables as of its day: `people` (the population: id, institution_id, village_id,
household_id, is_head, name, sex, birth_date, registered_on, phone_hash, phone_problem) and `covered` (coverages in
force: id, resident_id, contract_id, team_id, start_on, end_on). A rule's SELECT reads them and any other table, and
gives rows of `COLUMNS`; of several rows of one subject, one counts. It may use %(day)s, every policy value by its code,
and the birth dates of `contracts.actions.problems.parameters`. Apps above add rules with `register`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMNS = ("subject", "institution_id", "village_id", "team_id", "resident_id", "contract_id", "detail")

Words = str | Promise


class Severity(models.TextChoices):
    """How a problem weighs."""

    WRONG = "wrong", _("cannot be true")
    POLICY = "policy", _("against the policy")
    GAP = "gap", _("missing")


class Page(models.TextChoices):
    """Where a problem is mended."""

    RESIDENT = "resident", _("Open the person")
    CONTRACT = "contract", _("Open the contract")
    TEAM = "team", _("Open the team")
    INSTITUTION = "institution", _("Open the institution")


@dataclass(frozen=True)
class Rule:
    """One kind of data problem. `detail` is a sentence with the values of a row's `detail`; `sql` finds the rows."""

    code: str
    title: Words
    why: Words
    remedy: Words
    severity: Severity
    page: Page
    sql: str
    detail: Words = ""

    def said(self, values: Mapping[str, object]) -> str:
        """The sentence of one row."""
        return str(self.detail).format(**values) if self.detail else ""


_rules: dict[str, Rule] = {}


def register(*added: Rule) -> None:
    """Make rules known."""
    _rules.update({rule.code: rule for rule in added})


def all_rules() -> dict[str, Rule]:
    """Code -> rule, in the order in which they were registered."""
    return dict(_rules)


def of_people(condition: str, *, detail: str = "'{}'::jsonb", joins: str = "") -> str:
    """Rows of people `p` (with `c`, their coverage, if any) that meet the condition."""
    return f"""
        select p.id as subject, p.institution_id, p.village_id, c.team_id, p.id as resident_id, c.contract_id,
               {detail} as detail
        from people p left join covered c on c.resident_id = p.id {joins}
        where {condition}
    """


def of_coverages(condition: str, *, detail: str = "'{}'::jsonb", joins: str = "") -> str:
    """Rows of coverages `c` in force, of people `p`, that meet the condition."""
    return f"""
        select c.id as subject, p.institution_id, p.village_id, c.team_id, p.id as resident_id, c.contract_id,
               {detail} as detail
        from covered c join people p on p.id = c.resident_id {joins}
        where {condition}
    """


def of_teams(condition: str, *, detail: str = "'{}'::jsonb", joins: str = "") -> str:
    """Rows of teams `t` that exist on the day and meet the condition."""
    return f"""
        select t.id as subject, t.institution_id, null::bigint as village_id, t.id as team_id,
               null::bigint as resident_id, null::bigint as contract_id, {detail} as detail
        from teams_team t {joins}
        where (t.formed_on is null or t.formed_on <= %(day)s) and (t.dissolved_on is null or t.dissolved_on > %(day)s)
          and {condition}
    """
