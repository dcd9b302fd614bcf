"""The guide to the API: every address with what it takes and answers, in both languages, as the API really answers."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from django.utils import translation

from assessments.presenters.api import endpoints
from teams.models import Role
from tests.factories import bureau, make_user

pytestmark = pytest.mark.django_db
GUIDE = "/api/v1/"


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICIAL, institution=bureau()))
    return client


def test_every_address_of_the_api_is_in_the_guide(official: Client) -> None:
    routes = {f"/{key}" for key in _routes() if key.startswith("api/v1/")} - {GUIDE, f"{GUIDE}schema/"}
    assert {one["path"] for one in official.get(GUIDE).context["endpoints"]} == routes


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_guide_says_what_everything_means(official: Client, language: str) -> None:
    official.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    shown = official.get(GUIDE).content.decode()
    with translation.override(language):
        for one in endpoints():
            assert one["title"] in shown
            assert one["description"] and one["answer"] and one["example"], one["path"]
            assert all(field["description"] for field in one["parameters"] + one["body"]), one["path"]


def test_examples_have_exactly_the_fields_that_are_described() -> None:
    for one in endpoints():
        described = {field["name"] for field in one["answer"]}
        assert set(_names(json.loads(one["example"]))) == described, one["path"]
        if one["asked"]:
            assert set(_names(json.loads(one["asked"]))) == {field["name"] for field in one["body"]}


def test_page_of_the_guide_needs_no_script_and_holds_no_style(official: Client) -> None:
    shown = official.get(GUIDE).content.decode()
    main = shown[shown.index("<main") : shown.index("</main>")]
    assert "<script" not in main and "style=" not in main and " on" + "click" not in main


def test_refusals_are_told_in_chinese(client: Client) -> None:
    answer = client.get("/api/v1/figures/")
    assert answer.status_code == 401
    assert not answer.json()["detail"].isascii()


def test_program_that_runs_wild_is_slowed_down(official: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.get_rate", lambda _self: "2/min")
    answers = [official.get("/api/v1/indicators/") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def _names(value: Any, within: str = "") -> list[str]:
    """The names of the fields in it, as the guide writes them."""
    if isinstance(value, list):
        return [name for each in value for name in _names(each, f"{within}[]" if within else "")]
    if not isinstance(value, dict):
        return []
    found = []
    for key, inner in value.items():
        place = f"{within}.{key}" if within else key
        found += [place, *_names(inner, place)]
    return found


def _routes() -> set[str]:
    return {key for key in get_resolver().reverse_dict if isinstance(key, str)} | {
        str(pattern) for _prefix, pattern in _patterns(get_resolver().url_patterns)
    }


def _patterns(patterns: Any, prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for pattern in patterns:
        inner = getattr(pattern, "url_patterns", None)
        place = f"{prefix}{pattern.pattern}"
        found += _patterns(inner, place) if inner is not None else [(prefix, place)]
    return found
