"""Residents' own voice: a page by a personal link that works once, names nobody and is answered."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings

from assessments.actions import voices
from assessments.models import SurveyAnswer, Voice, VoiceLink
from contracts.queries.papers import handbook_data
from teams.models import Role
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 20)


def speakable() -> tuple[str, VoiceLink]:
    resident = factories.make_resident(name="张秀英")
    contract = factories.make_contract()
    contract.representative = resident
    contract.save()
    factories.make_coverage(resident=resident, contract=contract)
    found = voices.link_of(contract)
    assert found
    return found


SAID = {"rating": 2, "received": "none", "complaint": "没有人来过"}


def test_resident_speaks_once_without_account_and_nothing_names_them(client: Client) -> None:
    token, link = speakable()
    url = reverse("assessments:voice_speak", args=[token])
    page = client.get(url).content.decode()
    assert "张秀英" not in page
    assert link.contract.number not in page
    assert "<script" not in page
    assert client.post(url, SAID).status_code == 200
    assert Voice.objects.get().is_open
    assert SurveyAnswer.objects.get().source == "voice"
    assert client.post(url, SAID).status_code == 404
    assert Voice.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"complaint": "多" * 501}, ["At most 500 characters: please say it in fewer words."]),
        ({"rating": "", "received": "9"}, ["Please answer this question."] * 2),
    ],
)
def test_wrong_answer_is_told_where_it_is_and_kept(client: Client, typed: dict[str, str], told: list[str]) -> None:
    token, _link = speakable()
    page = client.post(reverse("assessments:voice_speak", args=[token]), SAID | typed).content.decode()
    with translation.override("zh-hans"):
        assert re.findall(r'<p class="wrong" role="alert">(.*?)</p>', page) == [gettext(words) for words in told]
    assert (SAID | typed)["complaint"] in page
    assert not Voice.objects.exists()


def test_token_is_stored_hashed_and_stays_the_same_until_used(client: Client) -> None:
    token, link = speakable()
    assert token not in link.token_sha256
    assert voices.link_of(link.contract) == (token, link)
    client.post(reverse("assessments:voice_speak", args=[token]), SAID)
    again = voices.link_of(link.contract)
    assert again and again[0] != token


def test_expired_link_is_refused(client: Client, settings: Settings) -> None:
    token, _link = speakable()
    settings.TODAY = date(2019, 3, 1)  # 60 days after the contract's end
    assert client.get(reverse("assessments:voice_speak", args=[token])).status_code == 404


def test_flood_from_one_address_is_stopped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "LOOKS_OF_ADDRESS", 2)
    said = [client.get(reverse("assessments:voice_speak", args=[f"guess{n}"])).status_code for n in range(3)]
    assert said == [404, 404, 429]
    token, _link = speakable()
    other = client.get(reverse("assessments:voice_speak", args=[token]), REMOTE_ADDR="10.1.2.3")
    assert other.status_code == 200


def test_flood_at_one_link_is_stopped_whatever_the_addresses(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "LOOKS_OF_TOKEN", 1)
    token, _link = speakable()
    url = reverse("assessments:voice_speak", args=[token])
    assert [client.get(url, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in (1, 2)] == [200, 429]


def test_institution_answers_a_complaint_without_learning_the_name(client: Client) -> None:
    token, _link = speakable()
    client.post(reverse("assessments:voice_speak", args=[token]), SAID)
    clerk = factories.make_user(Role.CLERK, institution=factories.centre())
    client.force_login(clerk)
    voice = Voice.objects.get()
    page = client.get(reverse("assessments:voice_detail", args=[voice.pk])).content.decode()
    assert "没有人来过" in page
    assert "张秀英" not in page
    voices.answer(voice=voice, text="已上门随访", by=clerk)
    with pytest.raises(RuleViolation) as refusal:
        voices.answer(voice=voice, text="再次答复", by=clerk)
    assert refusal.value.code == "voice.answered"


def test_handbook_carries_the_household_s_own_code() -> None:
    token, link = speakable()
    shown = handbook_data(link.contract, "https://shouyue.example/")["voice"]
    assert shown["address"] == f"https://shouyue.example/v/{token}/"
    assert shown["svg"].startswith("<svg")
    assert handbook_data(link.contract)["voice"] is None


def test_empty_list_says_whether_nothing_waits_or_nothing_was_said(client: Client) -> None:
    client.force_login(factories.make_user(Role.OFFICIAL, institution=factories.bureau()))
    client.cookies["django_language"] = "en"
    pages = [client.get(reverse("assessments:voice_list"), query).content.decode() for query in ({}, {"show": "all"})]
    waits, nobody = "Nothing waits for an answer.", "Nobody has said anything yet."
    assert [(waits in page, nobody in page) for page in pages] == [(True, False), (False, True)]
