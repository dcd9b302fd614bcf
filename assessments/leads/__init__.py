"""Signals of false signing: what each looks for, in words and as one set-based query (docs/leads.md).

A screening makes temporary tables as of its day, which a signal's SELECT reads beside any other table:

- `signed`, coverages in force: coverage_id, resident_id, contract_id, team_id, institution_id (the team's), start_on,
  signed_on, name, sex, birth_date, household_id, village_id, phone_hash, phone_problem, pays (whether the resident pays
  something);
- `given`, services of the year that ends with the day: id, resident_id, staff_id, performed_on, is_in_person, systolic,
  diastolic, glucose, entered_at;
- `runs`, consecutive numbers (assessments.actions.phone_runs): team_id, first (a keyed hash), resident_id.

It gives rows of `COLUMNS`. `evidence` holds ids and numbers only; `mark` is a text that changes when what a person
would judge has changed. The query may use %(day)s, %(year_ago)s, every policy value by its code and the days of
`assessments.actions.screening.parameters`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

COLUMNS = ("subject", "institution_id", "team_id", "staff_id", "resident_id", "evidence", "people", "mark")

Words = str | Promise


@dataclass(frozen=True)
class Signal:
    """One kind of lead: its weight from 1 (weak) to 5, and the words that explain it.

    `detail` is a sentence with the numbers of a lead's evidence; `honest` says how it comes about without any fraud.
    Confirmed, it proves false signing or false records (the source `false_signing`) unless `proves_falsehood` is off.
    """

    code: str
    title: Words
    why: Words
    honest: Words
    weight: int
    detail: Words
    sql: str
    proves_falsehood: bool = True

    def said(self, evidence: Mapping[str, object]) -> str:
        """The sentence of one lead."""
        grouped = {name: f"{value:,}" if isinstance(value, int) else value for name, value in evidence.items()}
        return str(self.detail).format(**grouped)


_signals: dict[str, Signal] = {}


def register(*added: Signal) -> None:
    """Make signals known."""
    _signals.update({signal.code: signal for signal in added})


def all_signals() -> dict[str, Signal]:
    """Code -> signal, in the order in which they were registered."""
    return dict(_signals)


def ids(column: str) -> str:
    """The distinct values of a column of a group, in order, as JSON."""
    return f"coalesce(jsonb_agg(distinct {column}) filter (where {column} is not null), '[]')"


def of_group(hashed: str) -> str:
    """63 bits of a keyed hash as the subject of what has no row of its own."""
    return f"(('x' || encode(substr({hashed}, 1, 8), 'hex'))::bit(64)::bigint >> 1) & 9223372036854775807"


# Of staff who recorded something: where they work.
OF_STAFF = "join teams_staff w on w.id = staff_id"
