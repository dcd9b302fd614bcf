"""Forms sent twice make one thing."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from teams.actions.submissions import forget_submissions, fresh_key, once
from teams.models import Role, Submission, User
from teams.rules import RuleViolation
from tests.accounts import make_account


@pytest.fixture
def clerk() -> User:
    return make_account("clerk", Role.CLERK)


@pytest.mark.django_db
def test_form_sent_twice_is_done_once_and_leads_to_the_same_place(clerk: User) -> None:
    done: list[int] = []

    def do() -> str:
        done.append(1)
        return f"/contracts/{len(done)}/"

    key = fresh_key()
    assert [once(key=key, by=clerk, do=do) for _ in range(2)] == ["/contracts/1/"] * 2


@pytest.mark.django_db
def test_form_that_was_refused_may_be_sent_again_with_its_key(clerk: User) -> None:
    def refuse() -> str:
        raise RuleViolation("x", "no")

    key = fresh_key()
    with pytest.raises(RuleViolation, match="no"):
        once(key=key, by=clerk, do=refuse)
    assert once(key=key, by=clerk, do=lambda: "/done/") == "/done/"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x", "0" * 31])
def test_key_that_is_none_is_refused(clerk: User, key: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        once(key=key, by=clerk, do=lambda: "/")
    assert refused.value.code == "submission.key"


@pytest.mark.django_db
def test_key_of_another_account_is_refused(clerk: User) -> None:
    key = fresh_key()
    once(key=key, by=clerk, do=lambda: "/secret/")
    with pytest.raises(RuleViolation) as refused:
        once(key=key, by=make_account("other", Role.CLERK), do=lambda: "/")
    assert refused.value.code == "submission.key"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_each_other(clerk: User) -> None:
    key, both, found, done = fresh_key(), Barrier(2), [], []

    def send() -> None:
        both.wait()
        found.append(once(key=key, by=clerk, do=lambda: done.append(1) or f"/{len(done)}/"))
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["/1/", "/1/"]


@pytest.mark.django_db
def test_old_keys_are_forgotten(clerk: User) -> None:
    once(key=fresh_key(), by=clerk, do=lambda: "/")
    once(key=(fresh := fresh_key()), by=clerk, do=lambda: "/")
    Submission.objects.exclude(key=fresh).update(sent_at=timezone.now() - timedelta(days=8))
    assert forget_submissions() == 1
