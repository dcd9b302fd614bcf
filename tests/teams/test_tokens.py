"""The page of API keys: a key is shown once, works at once, and ends when it is revoked."""

import re

import pytest
from django.test import Client

from teams.actions.submissions import fresh_key
from teams.actions.tokens import account_of, create_token
from teams.models import ApiToken, Role, User
from teams.models.accounts import SYSTEM
from tests.factories import centre, make_user

pytestmark = pytest.mark.django_db

PAGE = "/keys/"


@pytest.fixture
def till() -> User:
    return make_user(Role.CLERK, username="till", institution=centre())


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def make(desk: Client, till: User, name: str = "till of the hospital", **fields: str) -> str:
    """The key that the page shows, or ""."""
    page = desk.post(PAGE, {"name": name, "account": till.pk, "submission": fresh_key(), **fields}, follow=True)
    found = re.search(r"<code>([\w-]+)</code>", page.content.decode())
    return found[1] if found else ""


def test_key_is_shown_once_and_acts_as_its_account(desk: Client, till: User) -> None:
    key = make(desk, till)

    assert account_of(key) == till
    assert key not in desk.get(PAGE).content.decode()


def test_form_sent_twice_makes_one_key(desk: Client, till: User) -> None:
    submission = fresh_key()

    assert make(desk, till, submission=submission)
    assert not make(desk, till, submission=submission)
    assert ApiToken.objects.count() == 1


def test_name_in_use_is_refused_at_its_field(desk: Client, till: User) -> None:
    create_token(user=till, name="till", by=SYSTEM)

    page = desk.post(PAGE, {"name": "till", "account": till.pk, "submission": fresh_key()})

    assert page.context["form"].errors["name"]


def test_revoked_key_opens_nothing(desk: Client, till: User) -> None:
    key = make(desk, till)
    token = ApiToken.objects.get()

    for _click in range(2):
        assert desk.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert account_of(key) is None


def test_page_names_no_key_of_which_only_the_hash_is_kept(desk: Client, till: User) -> None:
    create_token(user=till, name="till", by=SYSTEM)

    page = desk.get(PAGE).content.decode()

    assert "till" in page
    assert ApiToken.objects.get().sha256 not in page
