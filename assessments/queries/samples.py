"""What a sample told: by institution and by key population, with the interval that chance leaves; and how far it is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q

from assessments.models import Check, Sample, Sampled, SurveyAnswer
from assessments.models.samples import SampledQuerySet
from assessments.rules.samples import FIRST, SECOND
from assessments.sampling import wilson
from teams.models import User


@dataclass
class Told:
    """Counts of one stratum, and what follows from them."""

    drawn: int = 0
    results: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    knowing: int = 0
    ratings: list[int] = field(default_factory=list)
    confidence: int = 95

    def add(self, check: Check | None) -> None:
        """Count somebody drawn, with the first check if there is one."""
        self.drawn += 1
        if check is None:
            return
        self.results[check.result] += 1
        self.knowing += check.knows_team
        if check.rating:
            self.ratings.append(check.rating)

    def count(self, results: Iterable[str]) -> int:
        """How many had one of the results."""
        return sum(self.results[result] for result in results)

    @property
    def done(self) -> int:
        """How many have a result that stands."""
        return sum(self.results.values())

    @property
    def confirmed(self) -> int:
        """Signings confirmed true."""
        return self.count(Check.CONFIRMING)

    @property
    def telling(self) -> int:
        """Those whose answer tells whether the signing is true."""
        return self.count(Check.TELLING)

    @property
    def talked(self) -> int:
        """Those who talked, of whom awareness and satisfaction are counted."""
        return self.count(Check.TALKED)

    @property
    def invalid(self) -> int:
        """Wrong, unused or suspended numbers."""
        return self.count(Check.INVALID)

    @property
    def satisfied(self) -> int:
        """Those in the upper two of five steps."""
        return sum(rating >= SurveyAnswer.SATISFIED_FROM for rating in self.ratings)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Of authenticity, in per cent."""
        return wilson(self.confirmed, self.telling, self.confidence)


@dataclass(frozen=True)
class Results:
    """Of those drawn at random by institution, by category and together; of those added for a reason apart."""

    by_institution: dict[str, Told]
    by_category: dict[str, Told]
    random: Told
    extra: Told
    agreeing: int
    called_twice: int


def results(sample: Sample, user: User) -> Results:
    """What the account may see of the sample's results; three queries."""
    people = Sampled.objects.visible_to(user).filter(sample=sample).select_related("institution")
    checks: dict[tuple[int, int], Check] = {
        (check.sampled_id, check.turn): check for check in Check.objects.filter(sampled__in=people)
    }

    def new() -> Told:
        return Told(confidence=sample.confidence)

    institutions: dict[str, Told] = defaultdict(new)
    groups: dict[str, Told] = defaultdict(new)
    random, extra = new(), new()
    for row in people.order_by("institution__code", "place"):
        first = checks.get((row.pk, 1))
        if row.is_extra:
            extra.add(first)
            continue
        for told in (institutions[row.institution.name], groups[row.category], random):
            told.add(first)
    twice = [(checks[pk, 1], check) for (pk, turn), check in checks.items() if turn == 2 and (pk, 1) in checks]
    telling = [pair for pair in twice if all(check.result in Check.TELLING for check in pair)]
    agreeing = sum((one.result in Check.CONFIRMING) == (two.result in Check.CONFIRMING) for one, two in telling)
    return Results(dict(institutions), dict(groups), random, extra, agreeing, len(telling))


@dataclass(frozen=True)
class Progress:
    """How far the calls are."""

    drawn: int
    done: int
    second: int
    second_done: int

    @property
    def is_done(self) -> bool:
        """Whether nobody is left."""
        return self.done >= self.drawn and self.second_done >= self.second


COUNTS = {
    "drawn": Count("pk", distinct=True),
    "done": Count("pk", filter=Q(checks__turn=FIRST), distinct=True),
    "second": Count("pk", filter=Q(is_second=True), distinct=True),
    "second_done": Count("pk", filter=Q(checks__turn=SECOND), distinct=True),
}


def progress(people: SampledQuerySet) -> Progress:
    """Of the people drawn that the account sees."""
    return Progress(**people.aggregate(**COUNTS))


def progress_by_sample(people: SampledQuerySet) -> dict[int, Progress]:
    """The same for many samples: sample id -> progress; one query."""
    return {row.pop("sample"): Progress(**row) for row in people.order_by().values("sample").annotate(**COUNTS)}


def second_calls(people: SampledQuerySet) -> SampledQuerySet:
    """Of these, those who were called once and are to be called again."""
    called = people.filter(is_second=True, checks__turn=FIRST)
    return called.exclude(pk__in=Check.objects.filter(turn=SECOND).values("sampled"))


class SecondCalls(NamedTuple):
    """Second calls that could be made now: by the account, and by others only because it made the first."""

    open: int
    own: int


def second_calls_of(people: SampledQuerySet, user: User) -> SecondCalls:
    """How many of the people drawn are left for the account to call again; one query."""
    own = Count("pk", filter=Q(checks__by=user))
    counted = second_calls(people).aggregate(everybody=Count("pk"), own=own)
    return SecondCalls(counted["everybody"] - counted["own"], counted["own"])
