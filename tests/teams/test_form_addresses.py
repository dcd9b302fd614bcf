"""Addresses that take a form only, opened like a page."""

import pytest
from django.test import Client

from teams.models import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/referrals/1/accepted/?x=1", "/referrals/1/?x=1"),
        ("/people/1/reveal/phone/", "/people/1/"),
        ("/sign-out/", "/"),
    ],
)
def test_form_s_address_leads_a_browser_to_the_page_above(client: Client, address: str, above: str) -> None:
    client.force_login(make_user(Role.CLERK))
    answer = client.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Location"]) == (302, above)
    assert client.get(address, headers={"Accept": "*/*"}).status_code == 405
