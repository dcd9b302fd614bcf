"""Nothing identifying enters a log line."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from residents.models import Resident
from teams.logs import LineFormatter, without_identities
from tests import factories
from tests.accounts import make_account

NUMBER = "34120419600517002X"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"id {NUMBER}!", "id ***!"),
        ("old form 341204600517002.", "old form ***."),
        ("call 13855812345 now", "call *** now"),
        ("month 2018-11, 605528 residents, 1542694400123 ms", "month 2018-11, 605528 residents, 1542694400123 ms"),
        ("sha 9362660c4a31150cf18e78cae2ce8aa1e929fc6c", "sha 9362660c4a31150cf18e78cae2ce8aa1e929fc6c"),
    ],
)
def test_long_number_is_hidden_and_others_are_not(text: str, hidden: str) -> None:
    assert without_identities(text) == hidden


@pytest.mark.django_db
def test_traceback_of_a_refused_row_does_not_quote_it() -> None:
    resident = factories.make_resident(name="欧阳秀英", number=NUMBER)
    try:
        with transaction.atomic():
            Resident.objects.filter(pk=resident.pk).update(died_on="1900-01-01")
    except IntegrityError as error:
        info = (type(error), error, error.__traceback__)
        record = logging.LogRecord("teams", logging.ERROR, __file__, 1, "failed for %s", (NUMBER,), info)
    line = LineFormatter().format(record)
    assert "residents_resident_dies_after_birth" in line
    assert "欧阳秀英" not in line
    assert NUMBER not in line


@pytest.mark.django_db
def test_failing_view_logs_no_identity_and_shows_none(
    settings: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError(f"no such person: {NUMBER}, 13855812345")

    monkeypatch.setattr("config.navigation.entries_of", fail)
    caplog.handler.setFormatter(LineFormatter())
    client = Client(raise_request_exception=False)
    client.force_login(make_account("zhou"))
    response = client.get("/")
    assert response.status_code == 500
    assert "Internal Server Error: /" in caplog.text
    for text in (caplog.text, response.content.decode()):
        assert NUMBER not in text
        assert "13855812345" not in text


def test_every_handler_of_the_settings_hides_identities(settings: object) -> None:
    logging_settings = settings.LOGGING  # type: ignore[attr-defined]
    for handler in logging_settings["handlers"].values():
        assert logging_settings["formatters"][handler["formatter"]]["()"] == "teams.logs.LineFormatter"
