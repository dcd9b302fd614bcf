"""Money in words: amounts, what is next with an allocation, its tables."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.calendar import CalendarMonth
from assessments.models import Line, Repayment, Round, Run
from assessments.queries.repayments import runs_owing
from assessments.tables import MINUS, Cell, Column, Row, Table, count_cell
from service_packages.models import Payer
from teams.clock import month_words
from teams.models import User

SIGNERS = ("simulated_by", "submitted_by", "approved_by", "paid_by")
State, Stage = Round.State, Round.Stage
TONES = {State.SIMULATED: "info", State.SUBMITTED: "warn", State.APPROVED: "good", State.PAID: "good"}
NOTHING = Decimal("0.00")


def yuan_text(amount: Decimal) -> str:
    """`12,345.60`, a real minus below zero."""
    return f"{MINUS if amount < 0 else ''}{abs(amount):,.2f}"


def plain(number: Decimal, *, grouped: bool = False) -> str:
    """A weight without idle zeros: `0.95`, `1`; a basis `grouped` as well: `42,344`."""
    text = f"{number:,f}" if grouped else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_cell(amount: Decimal, *, url: str = "") -> Cell:
    """A cell with an amount; debts stand out."""
    return Cell(text=yuan_text(amount), value=amount, url=url, tone="missed" if amount < 0 else "")


def period_label(run: Run) -> str:
    """`2018年1月 – 2018年12月`."""
    first, last = (month_words(day) for day in (run.from_month, run.to_month))
    return first if first == last else f"{first} – {last}"


def run_head(run: Run) -> dict[str, str]:
    """Name, period and addresses of an allocation."""
    return {
        "name": run.fund.name,
        "period": period_label(run),
        "fund_url": reverse("assessments:fund_detail", args=[run.fund_id]),
        "rule_url": f"{reverse('assessments:fund_detail', args=[run.fund_id])}?version={run.version.number}",
        "number": str(run.version.number),
    }


@dataclass(frozen=True)
class Step:
    """What is next with an allocation: in words, the stage to simulate (or ""), the round to move and how."""

    words: str
    simulates: str = ""
    moves: str = ""


def next_step(run: Run, rounds: Sequence[Round], user: User | None, *, owes: bool = False) -> Step:
    """For an official who may act (`user`), or in words for everybody else. `owes`: there is something to pay back."""
    stages = {row.stage: row for row in rounds}
    last = stages.get(Stage.SETTLEMENT) or stages.get(Stage.PREPAYMENT)
    if last is None:
        first = Stage.PREPAYMENT if run.version.prepaid_share else Stage.SETTLEMENT
        words = _("Compute the prepayment.") if first == Stage.PREPAYMENT else _("Compute the settlement.")
        return Step(words, simulates=first)
    if last.state == State.SIMULATED:
        return Step(
            _("Look at the amounts, then submit them to a second person."), simulates=last.stage, moves="submit"
        )
    if last.state == State.SUBMITTED:
        return _waiting(last, user)
    if last.state == State.APPROVED:
        return Step(_("Approved: pay it out, and note that here."), moves="pay")
    if last.stage == Stage.PREPAYMENT:
        return Step(
            _("Prepaid. When the months are frozen and the assessment is published, settle it."),
            simulates=Stage.SETTLEMENT,
        )
    if owes:
        return Step(_("Settled and paid out; what was prepaid too much is still owed."))
    return Step(_("Settled and paid out: nothing more to do."))


def _waiting(row: Round, user: User | None) -> Step:
    if user and user.pk in (row.submitted_by_id, row.simulated_by_id):
        return Step(_("It waits for approval by another official: you computed or submitted it yourself."))
    return Step(_("Check the amounts, then approve them or give them back."), moves="review")


def run_rows(runs: "QuerySet[Run]") -> list[dict[str, Any]]:
    """Allocations for a list, each with its state and what is next."""
    owing = runs_owing(runs)
    return [_run_row(run, owes=run.pk in owing) for run in runs]


def _run_row(run: Run, *, owes: bool) -> dict[str, Any]:
    rounds = sorted(run.rounds.all(), key=lambda row: row.pk)
    last = rounds[-1] if rounds else None
    return {
        "name": run.fund.name,
        "period": period_label(run),
        "url": reverse("assessments:run_detail", args=[run.pk]),
        "state": f"{last.get_stage_display()} · {last.get_state_display()}" if last else _("begun"),
        "tone": TONES[State(last.state)] if last else "",
        "pool": yuan_text(last.pool) if last else "—",
        "next": next_step(run, rounds, None, owes=owes).words,
    }


def round_tabs(run: Run, rounds: Sequence[Round], shown: Round | None) -> list[dict[str, Any]]:
    """The rounds of an allocation as tabs."""
    return [
        {
            "label": row.get_stage_display(),
            "state": row.get_state_display(),
            "tone": TONES[State(row.state)],
            "url": f"{reverse('assessments:run_detail', args=[run.pk])}?stage={row.stage}",
            "active": shown is not None and row.pk == shown.pk,
        }
        for row in rounds
    ]


def round_context(row: Round, lines: Sequence[Line]) -> dict[str, Any]:
    """Context of a round's page: sums, payers, lines (read with their debts), institutions, what it was computed from,
    who signed."""
    return {
        "sums": _sums(row, lines),
        "payers": payer_rows(row, lines),
        "table": lines_table(row, lines),
        "institutions": institutions_table(lines),
        "debts": _debts(lines),
        "months": [CalendarMonth.parse(each["month"]) for each in row.inputs["months"]],
        "signatures": _signatures(row),
    }


def _total(lines: Iterable[Line], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines), NOTHING)


def _sums(row: Round, lines: Sequence[Line]) -> list[tuple[str, str]]:
    returned = sum(map(Decimal, row.returned.values()), NOTHING)
    sums = [
        (_("Pool"), row.pool),
        (_("Entitled"), _total(lines, "entitled")),
        (_("Goes back to the payers"), returned),
        (_("Prepaid"), _total(lines, "prepaid")),
        (_("Payable now"), sum((line.payable for line in lines if line.payable > 0), NOTHING)),
        (
            _("Clawback"),
            sum((line.payable + line.carried_on for line in lines if line.payable + line.carried_on < 0), NOTHING),
        ),
        (_("For the staff"), _total(lines, "staff_amount")),
    ]
    if any(line.owed for line in lines):
        sums += [(_("To be paid back"), _total(lines, "owed")), (_("Paid back"), _total(lines, "repaid"))]
    return [(name, yuan_text(amount)) for name, amount in sums]


def _debts(lines: Sequence[Line]) -> list[str]:
    """What units owe that were prepaid too much, in words: where it is paid back, where the next period deducts it."""
    words = [
        ("still_owed", _("Prepaid too much, to be paid back: %(yuan)s yuan (units: %(units)s).")),
        (
            "carried_on",
            _("Prepaid too much, deducted by the settlement of the next period: %(yuan)s yuan (units: %(units)s)."),
        ),
    ]
    found = []
    for name, text in words:
        if owing := [line for line in lines if getattr(line, name)]:
            found.append(text % {"units": len(owing), "yuan": yuan_text(abs(_total(owing, name)))})
    return [*found, _("Until then that much less can go back to the payers.")] if found else []


def payer_rows(row: Round, lines: Sequence[Line]) -> list[dict[str, str]]:
    """Each payer's money: in all, for the units, back; with the total."""
    labels = dict(Payer.choices)
    rows: list[tuple[str, Decimal, Decimal, Decimal]] = []
    for payer, amount in row.payers.items():
        used = sum((Decimal(line.by_payer.get(payer, "0")) for line in lines), NOTHING)
        rows.append((str(labels[payer]), Decimal(amount), used, Decimal(row.returned[payer])))
    sums = [sum(column, NOTHING) for column in zip(*(row[1:] for row in rows), strict=True)] or [NOTHING] * 3
    rows.append((_("Total"), sums[0], sums[1], sums[2]))
    return [
        {"name": name, "gives": yuan_text(gives), "used": yuan_text(used), "returned": yuan_text(returned)}
        for name, gives, used, returned in rows
    ]


# Columns of the lines: field, head, whether only settlements have it.
AMOUNTS: Sequence[tuple[str, bool]] = (
    ("full", True),
    ("earned", True),
    ("bonus", True),
    ("given_back", True),
    ("entitled", False),
    ("prepaid", True),
    ("carried", True),
    ("payable", False),
    ("carried_on", True),
    ("passed_on", False),
    ("staff_amount", False),
    ("unit_amount", False),
    ("owed", True),
    ("repaid", True),
)


def heads() -> dict[str, str]:
    """Field of a line -> what its column is called."""
    return {
        "full": _("At full quality"),
        "earned": _("Earned"),
        "bonus": _("Bonus"),
        "given_back": _("Given back"),
        "entitled": _("Entitled"),
        "prepaid": _("Prepaid"),
        "carried": _("Owed from before"),
        "payable": _("Payable"),
        "carried_on": _("Carried on"),
        "passed_on": _("To hospitals"),
        "staff_amount": _("Staff"),
        "unit_amount": _("Institution"),
        "owed": _("To be paid back"),
        "repaid": _("Paid back"),
    }


def lines_table(row: Round, lines: Sequence[Line]) -> Table:
    """Every line, each opening its statement; columns that hold nothing are left out."""
    settles = row.stage == Stage.SETTLEMENT
    needed = ("entitled", "payable", "staff_amount", "unit_amount")
    shown = [
        name
        for name, only_settled in AMOUNTS
        if (settles or not only_settled) and (name in needed or any(getattr(line, name) for line in lines))
    ]
    words = heads()
    columns = [Column(_("Person-months")), *([Column(_("Score")), Column(_("Coefficient"))] if settles else [])]
    columns += [Column(words[name]) for name in shown]
    rows = tuple(_line_row(line, shown, settles=settles) for line in lines)
    idle = (Cell(""), Cell("")) if settles else ()
    total = Row(
        _("Total"),
        (
            count_cell(sum(line.person_months for line in lines)),
            *idle,
            *(money_cell(_total(lines, name)) for name in shown),
        ),
    )
    return Table(
        _("Amounts"),
        _("Team") if any(line.team_id for line in lines) else _("Institution"),
        tuple(columns),
        rows,
        total,
    )


def _line_row(line: Line, shown: Sequence[str], *, settles: bool) -> Row:
    score = Cell(f"{line.score}" if line.score is not None else "—", line.score)
    quality = (score, Cell(plain(line.coefficient), line.coefficient)) if settles else ()
    amounts = (money_cell(getattr(line, name)) for name in shown)
    url = reverse("assessments:statement", args=[line.pk])
    note = line.institution.name if line.team else ""
    return Row(line_name(line), (count_cell(line.person_months), *quality, *amounts), url, note)


def line_name(line: Line) -> str:
    """Of the team, or the institution that gets the money itself."""
    return line.team.name if line.team else line.institution.name


def institutions_table(lines: Sequence[Line]) -> Table | None:
    """Teams' money by institution; None where institutions get it themselves."""
    if not any(line.team_id for line in lines):
        return None
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.institution.code, line.institution.name].append(line)
    needed = ("entitled", "payable", "staff_amount", "unit_amount")
    left_out = ("full", "earned", "bonus", "given_back")
    names = [name for name, _settles in AMOUNTS if name not in left_out]
    names = [name for name in names if name in needed or any(getattr(line, name) for line in lines)]
    words = heads()
    rows = tuple(
        Row(name, (count_cell(len(own)), *(money_cell(_total(own, field)) for field in names)))
        for (_code, name), own in sorted(groups.items())
    )
    columns = (Column(_("Teams")), *(Column(words[name]) for name in names))
    total = Row(_("Total"), (count_cell(len(lines)), *(money_cell(_total(lines, name)) for name in names)))
    return Table(_("By institution"), _("Institution"), columns, rows, total)


def _signatures(row: Round) -> list[tuple[str, str, str]]:
    steps = (
        (_("computed"), row.simulated_by, row.simulated_at),
        (_("submitted"), row.submitted_by, row.submitted_at),
        (_("approved"), row.approved_by, row.approved_at),
        (_("paid out"), row.paid_by, row.paid_at),
    )
    return [
        (words, str(by or _("the system")), f"{timezone.localtime(at):%Y-%m-%d %H:%M}") for words, by, at in steps if at
    ]


def statement_rows(lines: Iterable[Line]) -> list[dict[str, str]]:
    """Statements for a list (lines read with their debts): team, fund, period, stage, amount."""
    return [
        {
            "name": line_name(line),
            "url": reverse("assessments:statement", args=[line.pk]),
            "fund": line.round.run.fund.name,
            "period": period_label(line.round.run),
            "stage": str(line.round.get_stage_display()),
            "state": str(line.round.get_state_display()),
            "payable": yuan_text(line.payable),
            "owes": _("to be paid back") if line.still_owed else _("carried on") if line.carried_on else "",
            "repaid": _("paid back") if line.owed and not line.still_owed else "",
        }
        for line in lines
    ]


def repayment_rows(repayments: Iterable[Repayment]) -> list[dict[str, str]]:
    """What units paid back, for a list."""
    return [
        {
            "day": f"{row.received_on:%Y-%m-%d}",
            "name": line_name(row.line),
            "place": row.line.institution.name if row.line.team else "",
            "url": reverse("assessments:statement", args=[row.line_id]),
            "amount": yuan_text(row.amount),
            "note": row.note,
            "by": row.entered_by,
        }
        for row in repayments
    ]
