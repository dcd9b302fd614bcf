import xml.etree.ElementTree as ET
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.actions import bulletins
from assessments.actions.findings import mend
from assessments.models import Assessment, Bulletin, BulletinFile, BulletinSeries, Cycle, Rubric, RubricVersion
from assessments.presenters.bulletins import document, problem_table
from assessments.queries.bulletins import COLUMNS, _open_findings
from assessments.queries.figures import Key
from teams.models import Role, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.assessments.inspecting import NOVEMBER, make_ground, picture
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db
DAY = date(2018, 11, 5)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def bureau(district: SmallDistrict, settings: Settings) -> User:
    settings.TODAY = DAY
    return make_account("b", Role.OFFICIAL, institution=district.bureau)


def issue(by: User, bulletin: Bulletin | None = None) -> Bulletin:
    made = bulletin or bulletins.prepare(first_on=OCTOBER, by=by)
    return bulletins.issue(bulletin=made, shown=bulletins.state_of(made), by=by)


def words(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        root = ET.fromstring(archive.read("word/document.xml"))
    return "".join(text.text or "" for text in root.iter(f"{WORD}t"))


def refused(do: object) -> str:
    with pytest.raises(RuleViolation) as refusal:
        do()  # type: ignore[operator]
    return refusal.value.code


def test_bulletin_says_what_the_figures_say(bureau: User) -> None:
    made = bulletins.prepare(first_on=OCTOBER, by=bureau)
    total = made.figures["total"]["coverage"]
    overall = next(part["text"] for part in made.paragraphs if part["code"] == "overall")
    assert f"{total['numerator']:,}人" in overall and f"{total['rate']}%" in overall
    assert COLUMNS["key"] == Key("coverage", "key")
    assert made.title == "关于2018年10月家庭医生签约服务工作情况的通报"
    assert "尚未封存" in document(made)["mark"]


def test_second_click_opens_the_same_draft(bureau: User) -> None:
    assert bulletins.prepare(first_on=OCTOBER, by=bureau) == bulletins.prepare(first_on=OCTOBER, by=bureau)


def test_edited_words_stay_when_figures_are_taken_anew_and_others_follow(bureau: User) -> None:
    made = bulletins.prepare(first_on=OCTOBER, by=bureau)
    kept = bulletins.write(
        bulletin=made, title="通报", issuer="颍泉区卫健委", prefix="泉卫通", texts={"demands": "立即整改。"},
        shown=bulletins.state_of(made), by=bureau,
    )  # fmt: skip
    again = bulletins.refresh(bulletin=kept, rank_by="coverage", by=bureau)
    said = {part["code"]: part["text"] for part in again.paragraphs}
    assert said["demands"] == "立即整改。" and again.title == "通报"
    assert again.figures["rank_by"] == "coverage" and "签约覆盖率" in said["ranking"]


def assessed(published_on: date, name: str, unit_kind: str, *results: Assessment) -> None:
    version = RubricVersion.objects.create(rubric=Rubric.objects.create(code=name), number=1, name="细则")
    days = dict.fromkeys(("self_due_on", "notice_on", "appeal_until", "published_on"), published_on)
    fields = {"kind": "annual", "unit_kind": unit_kind, "version": version, "state": "published"}
    cycle = Cycle.objects.create(name=name, from_month=OCTOBER, to_month=OCTOBER, **fields, **days)
    for result in results:
        result.cycle = cycle
        result.save()


def test_results_published_in_the_month_are_quoted(bureau: User, district: SmallDistrict) -> None:
    """Once: by the bulletin of that month, with later headings one number on."""
    draft = bulletins.prepare(first_on=OCTOBER, by=bureau)
    assert "考核结果" not in "".join(part["heading"] for part in draft.paragraphs)
    good = Assessment(institution=district.centre, total=Decimal("92.50"), grade="excellent", state="reviewed")
    bad = Assessment(
        institution=district.centre, team=district.team, total=Decimal("40"), grade="fail", state="reviewed"
    )
    assessed(date(2018, 10, 31), "机构考核", "institution", good)
    assessed(date(2018, 10, 1), "团队考核", "team", bad)
    assessed(date(2018, 11, 1), "下月公布", "institution")
    again = bulletins.refresh(bulletin=draft, rank_by="coverage", by=bureau)
    said = {part["code"]: part for part in again.paragraphs}
    first, second = said["assessment"]["text"].split("\n")
    assert "“团队考核”结果已于10月1日公布，共考核1个团队" in first
    assert first.endswith(f"不合格的是{district.centre.name}{district.team.name}。")
    assert second.endswith(f"得分由高到低为{district.centre.name}（92.50分）。")
    assert said["assessment"]["heading"] == "四、考核结果" and said["demands"]["heading"].startswith("六、")
    issued = issue(bureau, again)
    assert "机构考核" in words(bytes(BulletinFile.objects.get(bulletin=issued, format="docx").content))


def test_somebody_elses_change_is_noticed_before_issue(bureau: User) -> None:
    made = bulletins.prepare(first_on=OCTOBER, by=bureau)
    shown = bulletins.state_of(made)
    bulletins.refresh(bulletin=made, rank_by="coverage", by=bureau)
    assert refused(lambda: bulletins.issue(bulletin=made, shown=shown, by=bureau)) == "bulletin.changed"


def test_numbers_of_a_year_have_no_gaps_and_begin_anew(bureau: User, settings: Settings) -> None:
    first = issue(bureau)
    bulletins.discard(bulletin=bulletins.prepare(first_on=OCTOBER, by=bureau), by=bureau)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issue(bureau)
        raise ZeroDivisionError
    second = issue(bureau)
    settings.TODAY = DAY + timedelta(days=365)
    assert [first.number, second.number, issue(bureau).number] == [1, 2, 1]
    assert second.document_number == "卫通〔2018〕2号"
    assert BulletinSeries.objects.get(year=2018).last == 2


def test_issued_bulletin_is_kept_byte_for_byte(bureau: User) -> None:
    made = issue(bureau)
    assert refused(lambda: issue(bureau, made)) == "bulletin.issued"
    for change in (
        lambda: Bulletin.objects.filter(pk=made.pk).update(title="x"),
        lambda: BulletinFile.objects.filter(bulletin=made).update(content=b""),
        lambda: BulletinFile.objects.filter(bulletin=made).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    client = Client()
    client.force_login(bureau)
    for kept in made.files.all():
        answer = client.get(reverse("assessments:bulletin_file", args=[made.pk, kept.format]))
        assert sha256(b"".join(answer)).hexdigest() == kept.sha256  # type: ignore[arg-type]


def test_word_file_holds_text_tables_and_number_and_is_made_the_same_again(bureau: User) -> None:
    made = issue(bureau)
    files = bulletins.files_of(made)
    said = words(files["docx"])
    assert made.document_number in said and made.title in said and "特此通报" in said and "2018年11月5日" in said
    assert all(part["text"].split("\n")[0] in said for part in made.paragraphs)
    assert files["docx"] == bulletins.files_of(made)["docx"]
    assert files["pdf"].startswith(b"%PDF-")


def test_word_file_survives_words_that_look_like_markup(bureau: User) -> None:
    made = bulletins.prepare(first_on=OCTOBER, by=bureau)
    kept = bulletins.write(
        bulletin=made, title="<w:p>&\x07", issuer="“甲”", prefix="x", texts={"demands": "a<b & c>d"},
        shown=bulletins.state_of(made), by=bureau,
    )  # fmt: skip
    assert "a<b & c>d" in words(bulletins.files_of(kept)["docx"])


def test_pages_draft_edit_and_issue(bureau: User) -> None:
    client = Client()
    client.force_login(bureau)
    form = client.get(reverse("assessments:bulletin_list")).context["form"]
    made = client.post(
        reverse("assessments:bulletin_create"), {"month": "2018-10", "submission": form["submission"].value()}
    )
    page = client.get(made.headers["Location"])
    shown = {field.html_name: field.value() for field in page.context["form"]}
    write = made.headers["Location"] + "write/"
    assert client.post(write, {**shown, "text_opening": "改过的开头。"}).status_code == 302
    assert client.post(write, {**shown, "text_opening": "x"}).status_code == 200  # an old copy
    page = client.get(made.headers["Location"])
    shown = {field.html_name: field.value() for field in page.context["form"]}
    assert client.post(write, {**shown, "issue": "1"}).status_code == 302
    bulletin = Bulletin.objects.get()
    assert bulletin.number == 1 and bulletin.paragraphs[0]["text"] == "改过的开头。"
    assert client.get(made.headers["Location"]).context["form"] is None


def test_clerk_reads_issued_bulletins_only(district: SmallDistrict, bureau: User) -> None:
    clerk = make_account("c", Role.CLERK, institution=district.centre)
    draft = bulletins.prepare(first_on=OCTOBER, by=bureau)
    assert not Bulletin.objects.visible_to(clerk).exists()
    issue(bureau, draft)
    assert Bulletin.objects.visible_to(clerk).exists()


def test_table_of_problems_names_the_unit_in_each_line_and_what_is_overdue() -> None:
    item = {"text": "公示栏未更新", "where": "乙村卫生室", "due_on": "2018-11-14", "relapses": 1, "is_earlier": False}
    items = [item, item | {"where": "", "due_on": None, "relapses": 0, "is_earlier": True}]
    items.append(item | {"where": "", "due_on": "2017-12-26", "relapses": 0})
    facts = {"as_of": "2018-11-30", "problems": [{"name": "甲镇卫生院", "items": items}]}
    assert problem_table(facts)["rows"] == [
        ["甲镇卫生院", "乙村卫生室：公示栏未更新（第2次出现）", "11月14日前\n（已逾期）"],
        ["甲镇卫生院", "公示栏未更新（以前发现，未整改到位）", "立即整改"],
        ["甲镇卫生院", "公示栏未更新", "2017年12月26日前\n（已逾期）"],
    ]


def test_what_was_mended_is_no_problem_any_more(settings: Settings) -> None:
    settings.TODAY = date(2018, 11, 20)
    ground = make_ground()
    left, mended = ground.inspect(ground.clinic, "phones", "board", due_on=date(2018, 11, 27))
    mend(finding=mended, note="已更换", proofs=[picture()], by=ground.clerk)
    assert _open_findings(NOVEMBER) == [left]
