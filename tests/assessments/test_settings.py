"""The district's settings: who sets what from which day on, and what the pages show."""

from datetime import date

import pytest
from django.test import Client

from assessments.actions.settings import drop_setting, set_setting
from assessments.models import Month
from teams.models import PolicyValue, Role, User
from teams.policy import DEFAULTS, policy_on
from teams.policy_settings import SETTINGS
from teams.rules import RuleViolation
from tests import factories
from tests.accounts import make_account

pytestmark = pytest.mark.django_db
AGE = SETTINGS["elderly_age"]
JANUARY, JULY = date(2019, 1, 1), date(2019, 7, 1)


@pytest.fixture
def administrator() -> User:
    return make_account("administrator", Role.ADMINISTRATOR)


def _refused(code: str, setting: str, value: int, by: User, from_on: date = JULY) -> None:
    with pytest.raises(RuleViolation) as refusal:
        set_setting(setting=SETTINGS[setting], value=value, from_on=from_on, by=by)
    assert refusal.value.code == code
    assert not PolicyValue.objects.filter(code=setting, from_on=from_on).exists()


def _frozen(month: date, as_of: date) -> None:
    Month.objects.create(first_on=month).revisions.create(
        number=1, as_of=as_of, status="done", frozen_at=f"{as_of}T12:00:00Z", frozen_by="official", sha256="0" * 64
    )


def test_every_default_makes_sense() -> None:
    assert [code for code, setting in SETTINGS.items() if not setting.allows(DEFAULTS[code])] == []


def test_value_holds_from_its_day_on(administrator: User) -> None:
    assert set_setting(setting=AGE, value=60, from_on=JULY, by=administrator)
    assert policy_on(date(2019, 6, 30))["elderly_age"] == 65
    assert policy_on(JULY)["elderly_age"] == 60
    assert PolicyValue.objects.get().set_by == administrator


def test_value_set_twice_changes_nothing_and_another_one_is_kept_in_the_history(administrator: User) -> None:
    set_setting(setting=AGE, value=60, from_on=JULY, by=administrator)
    assert not set_setting(setting=AGE, value=60, from_on=JULY, by=administrator)
    assert set_setting(setting=AGE, value=61, from_on=JULY, by=administrator)
    row = PolicyValue.objects.get()
    assert (row.value, [event.value for event in row.events.all()]) == (61, [60])


def test_withdrawn_value_lets_the_one_before_go_on(administrator: User) -> None:
    set_setting(setting=AGE, value=63, from_on=JANUARY, by=administrator)
    set_setting(setting=AGE, value=60, from_on=JULY, by=administrator)
    drop_setting(row=PolicyValue.objects.get(from_on=JULY), by=administrator)
    assert policy_on(JULY)["elderly_age"] == 63


@pytest.mark.parametrize(
    ("setting", "value"),
    [("elderly_age", 0), ("elderly_age", 121), ("unpaid_in_force", 2), ("jump_points", -1), ("lead_night_from", 25)],
)
def test_value_that_makes_no_sense_is_refused(administrator: User, setting: str, value: int) -> None:
    _refused("setting.value", setting, value, administrator)


def test_least_above_most_is_refused_unless_there_is_no_most(administrator: User) -> None:
    _refused("setting.pair", "term_years_least", 4, administrator)
    _refused("setting.pair", "team_households_most", 999, administrator)
    assert set_setting(setting=SETTINGS["package_price_least"], value=20, from_on=JULY, by=administrator)


def test_day_of_a_frozen_month_is_refused_for_setting_and_for_withdrawing(administrator: User) -> None:
    set_setting(setting=AGE, value=63, from_on=JANUARY, by=administrator)
    _frozen(date(2019, 6, 1), as_of=date(2019, 6, 30))
    _refused("setting.frozen", "elderly_age", 60, administrator, from_on=date(2019, 6, 30))
    with pytest.raises(RuleViolation) as refusal:
        drop_setting(row=PolicyValue.objects.get(), by=administrator)
    assert refusal.value.code == "setting.frozen"
    assert set_setting(setting=AGE, value=60, from_on=JULY, by=administrator)


def test_administrator_of_one_centre_reads_and_sets_nothing(client: Client) -> None:
    account = make_account("zhou", Role.ADMINISTRATOR, institution=factories.centre())
    _refused("setting.not_allowed", "elderly_age", 60, account)
    client.force_login(account)
    assert 'name="value"' not in client.get("/settings/elderly_age/").text


def test_list_tells_what_holds_since_when_and_what_follows(client: Client, administrator: User) -> None:
    set_setting(setting=AGE, value=63, from_on=date(2018, 1, 1), by=administrator)
    set_setting(setting=AGE, value=60, from_on=date(2999, 1, 1), by=administrator)
    client.force_login(make_account("clerk", Role.CLERK, institution=factories.centre()))
    (group, *_others) = client.get("/settings/").context["groups"]
    row = group.rows[0]
    assert (row.setting.code, row.now, row.since) == ("elderly_age", "63", date(2018, 1, 1))
    assert [(later.said, later.row.from_on) for later in row.following] == [("60", date(2999, 1, 1))]


def test_page_sets_a_value_and_keeps_what_was_typed_when_it_is_refused(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    refused = client.post("/settings/elderly_age/set/", {"value": "150", "from_on": "20990101"})
    assert "value" in refused.context["form"].errors
    assert 'value="150"' in refused.text
    answer = client.post("/settings/elderly_age/set/", {"value": "60", "from_on": "20990101"})
    assert answer.headers["Location"] == "/settings/elderly_age/"
    row = PolicyValue.objects.get(code="elderly_age", from_on=date(2099, 1, 1))
    page = client.get("/settings/elderly_age/")
    assert [(each.said, each.is_now) for each in page.context["rows"]] == [("60", False)]
    client.post(f"/settings/elderly_age/{row.pk}/drop/")
    assert not PolicyValue.objects.filter(pk=row.pk).exists()


def test_setting_that_is_yes_or_no_is_chosen_from_these(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    client.post("/settings/unpaid_in_force/set/", {"value": "0", "from_on": "20990101"})
    assert policy_on(date(2099, 1, 1))["unpaid_in_force"] == 0


def test_unit_stands_in_the_number_of_its_value(client: Client, administrator: User) -> None:
    def said(code: str) -> str:
        row = next(
            row for group in client.get("/settings/").context["groups"] for row in group.rows if row[0].code == code
        )
        return f"{row.now} {row.unit}"

    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    codes = ("referral_answer_days_urgent", "referral_answer_days_routine", "term_years_least", "team_surgery")
    assert [said(code) for code in codes] == ["1 day", "3 days", "1 year", "1 person"]
    assert ">1 day<" in client.get("/settings/referral_answer_days_urgent/").text
    assert "1–20 years" in client.get("/settings/term_years_least/").text
    del client.cookies["django_language"]
    assert [said(code) for code in codes] == ["1 天", "3 天", "1 年", "1 人"]


def test_glucose_is_typed_and_read_in_its_unit(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    address = "/settings/goal_glucose_tenths/"
    for wrong in ("6.55", "51", "abc"):
        assert client.post(f"{address}set/", {"value": wrong, "from_on": "20990101"}).context["form"].errors["value"]
    client.post(f"{address}set/", {"value": "6.5", "from_on": "20990101"})
    assert PolicyValue.objects.get(code="goal_glucose_tenths").value == 65
    page = client.get(address)
    assert [row.said for row in page.context["rows"]] == ["6.5"]
    assert page.context["usual"] == "7.0"


def test_unknown_setting_is_not_found(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert client.get("/settings/elderly/").status_code == 404
