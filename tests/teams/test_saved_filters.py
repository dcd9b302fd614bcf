"""Filters of lists under names, beside how an account arranges its lists."""

import pytest

from teams.actions.lists import MOST, arrange, save_filter
from teams.models import Role, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make_account("clerk", Role.CLERK, institution=make_institution())


def save(clerk: User, name: str) -> None:
    save_filter(page="contracts:people", name=name, query="age_from=65", by=clerk)


def test_arranged_lists_take_no_place_of_saved_filters(clerk: User) -> None:
    for number in range(MOST):
        arrange(page=f"contracts:list_{number}", columns=["name"], size=50, by=clerk)
    save(clerk, "65+")
    assert clerk.saved_filters.exclude(name="").count() == 1


def test_one_filter_too_many_is_refused_and_a_known_name_is_not(clerk: User) -> None:
    for number in range(MOST):
        save(clerk, f"{number}")
    with pytest.raises(RuleViolation) as refused:
        save(clerk, "65+")
    assert refused.value.code == "filter.too_many"
    save(clerk, "0")
