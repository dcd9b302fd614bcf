"""Survey answers and phone checks of a sample of the covered, in rounds over the year."""

from datetime import date, timedelta
from random import Random

from assessments.demo.contracts import Agreements
from assessments.demo.figures import PlaceFacts
from assessments.demo.habits import Habit
from assessments.models import PhoneCheck, SurveyAnswer
from residents.models import Resident

SAMPLE, LEAST = 2600, 120  # at scale 1, and whatever the scale
ROUNDS = ((3, 12), (6, 11), (9, 10), (11, 12))  # months and days on which one begins
ROUND_DAYS = 12
RATINGS = (5,) * 44 + (4,) * 42 + (3,) * 9 + (2,) * 3 + (1,) * 2
Outcome = PhoneCheck.Outcome
CALLS = (
    (Outcome.RESIDENT,) * 62
    + (Outcome.FAMILY,) * 29
    + (Outcome.NO_ANSWER,) * 5
    + (Outcome.OFF,) * 2
    + (
        Outcome.STRANGER,
        Outcome.REFUSED,
    )
)
CARELESS_CALLS = (Outcome.STRANGER,) * 4 + (Outcome.EMPTY,) * 3 + (Outcome.RESIDENT,) * 3
KNOWS = 0.86  # of those reached, less where the team serves badly


def ask(facts: PlaceFacts, agreements: Agreements, scale: float, rng: Random) -> None:
    """Save answers and calls of people whose coverage ran on the day."""
    sample = max(LEAST, round(SAMPLE * scale))
    rounds = [facts.in_year(*begin) for begin in ROUNDS]
    SurveyAnswer.objects.bulk_create(
        (
            SurveyAnswer(resident_id=resident, answered_on=day, rating=_rating(habit, rng))
            for resident, day, habit in _draw(agreements, rounds, sample, rng)
        ),
        batch_size=1000,
    )
    called = _draw(agreements, rounds, sample, rng)
    problems = dict(
        Resident.objects.filter(id__in=[resident for resident, _day, _habit in called]).values_list(
            "id", "phone_problem"
        )
    )
    checks = (_call(resident, day, habit, problems[resident], rng) for resident, day, habit in called)
    PhoneCheck.objects.bulk_create((check for check in checks if check), batch_size=1000)


def _draw(agreements: Agreements, rounds: list[date], sample: int, rng: Random) -> list[tuple[int, date, Habit]]:
    """Residents with a day on which they were covered and the habit of the team that covered them."""
    drawn: list[tuple[int, date, Habit]] = []
    while len(drawn) < sample:
        coverage = rng.randrange(len(agreements.person))
        day = rng.choice(rounds) + timedelta(days=rng.randrange(ROUND_DAYS))
        if agreements.begin[coverage] <= day.toordinal() < agreements.until[coverage]:
            resident = agreements.start + 1 + agreements.person[coverage]
            drawn.append((resident, day, agreements.crews[agreements.crew[coverage]].habit))
    return drawn


def _rating(habit: Habit, rng: Random) -> int:
    rating = rng.choice(RATINGS)
    return max(1, rating - 1) if habit.quality < 0 and rng.random() < -habit.quality / 2 else rating


def _call(resident: int, day: date, habit: Habit, problem: str, rng: Random) -> PhoneCheck | None:
    """The outcome of a call; none without a number to call."""
    if problem == "empty":
        return None
    outcome = Outcome.EMPTY if problem else rng.choice(CALLS)
    if habit.phones and rng.random() < 0.4:
        outcome = rng.choice(CARELESS_CALLS)
    is_reached = outcome in PhoneCheck.REACHED
    knows = is_reached and rng.random() < KNOWS + min(0, habit.quality) / 4
    return PhoneCheck(resident_id=resident, called_on=day, outcome=outcome, knows_team=knows)
