"""Drafts of rubrics, edited freely until they are published, and what becomes of a version from then on."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Rubric, RubricVersion
from assessments.rubric_content import Content
from assessments.rules.rubrics import check_can_edit_rubrics, check_can_publish, check_content
from teams import versions
from teams.actions.twins import only_one
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Account = User | SystemAccount
Status = RubricVersion.Status


@transaction.atomic
def create_rubric(*, code: str, content: Content, by: Account) -> RubricVersion:
    """Open a rubric with a draft. Raises RuleViolation: rubric.not_allowed, .code_taken, and as `save_draft`."""
    check_can_edit_rubrics(by)
    check_content(content)
    with made_by(by, "assessments.create_rubric"):
        with only_one("rubric.code_taken", format_lazy(_("There is a rubric {code} already."), code=code)):
            rubric = Rubric.objects.create(code=code)
        return _draft(rubric, 1, content)


@transaction.atomic
def start_draft(*, rubric: Rubric, by: Account) -> RubricVersion:
    """The rubric's draft: the one under way, or a copy of its latest version."""
    check_can_edit_rubrics(by)
    with made_by(by, "assessments.start_rubric_draft"):
        present = list(_lock(rubric))
        draft = next((version for version in present if version.is_draft), None)
        return draft or _draft(rubric, present[0].number + 1, Content.of(present[0]))


@transaction.atomic
def save_draft(*, draft: RubricVersion, content: Content, seen: str, by: Account) -> RubricVersion:
    """Make the draft say this. `seen` is the fingerprint of the content that the account had before its eyes.

    Raises RuleViolation: rubric.not_allowed, .no_draft, .changed_meanwhile, and as `check_content`.
    """
    check_can_edit_rubrics(by)
    with made_by(by, "assessments.save_rubric_draft"):
        draft = _locked(draft)
        if Content.of(draft).fingerprint != seen:
            raise RuleViolation(
                "rubric.changed_meanwhile",
                _("Somebody else has changed this draft since you opened it. Open it again to see what is new."),
            )
        check_content(content)
        content.write_to(draft)
        return draft


@transaction.atomic
def publish(*, draft: RubricVersion, by: Account) -> RubricVersion:
    """Let new cycles use the draft; the version used so far is retired, and stays with the cycles that have it.

    Raises RuleViolation: rubric.not_allowed, .no_draft, .no_change, .empty, .section_empty, .not_100.
    """
    check_can_edit_rubrics(by)
    with made_by(by, "assessments.publish_rubric"):
        draft = _locked(draft)
        check_can_publish(draft)
        versions.put_in_use(draft, draft.rubric.versions.all())
        return draft


@transaction.atomic
def retire(*, version: RubricVersion, by: Account) -> RubricVersion:
    """Let no new cycle use the version. Raises RuleViolation: rubric.not_allowed, .not_published."""
    check_can_edit_rubrics(by)
    with made_by(by, "assessments.retire_rubric"):
        version = _lock(version.rubric).get(pk=version.pk)
        versions.retire(version, "rubric")
        return version


@transaction.atomic
def drop_draft(*, draft: RubricVersion, by: Account) -> None:
    """Throw a draft away, and its rubric when it never had another version; the history keeps both."""
    check_can_edit_rubrics(by)
    with made_by(by, "assessments.drop_rubric_draft"):
        draft = _locked(draft)
        rubric = draft.rubric
        draft.delete()
        if not rubric.versions.exists():
            rubric.delete()


@transaction.atomic
def define(*, code: str, content: Content, by: Account) -> bool:
    """Make this the rubric in use, as a new version where it says something else; whether anything changed.

    A draft under way is taken over by it. Raises RuleViolation as `publish`.
    """
    rubric = Rubric.objects.filter(code=code).first()
    if rubric is None:
        publish(draft=create_rubric(code=code, content=content, by=by), by=by)
        return True
    present = rubric.versions.filter(status=Status.PUBLISHED).first()
    if present and Content.of(present) == content:
        return False
    draft = start_draft(rubric=rubric, by=by)
    publish(draft=save_draft(draft=draft, content=content, seen=Content.of(draft).fingerprint, by=by), by=by)
    return True


def _draft(rubric: Rubric, number: int, content: Content) -> RubricVersion:
    draft = RubricVersion(rubric=rubric, number=number, status=Status.DRAFT)
    content.write_to(draft)
    return draft


def _lock(rubric: Rubric) -> QuerySet[RubricVersion]:
    """The rubric's versions, the newest first, while nobody else changes any of them."""
    Rubric.objects.select_for_update().get(pk=rubric.pk)
    return rubric.versions.select_related("rubric").order_by("-number")


def _locked(draft: RubricVersion) -> RubricVersion:
    """The draft as it is now. Raises RuleViolation when somebody has published or dropped it meanwhile."""
    Rubric.objects.select_for_update().filter(pk=draft.rubric_id).first()
    return versions.still_draft(RubricVersion.objects.select_related("rubric").filter(pk=draft.pk), "rubric")
