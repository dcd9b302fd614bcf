"""Doorways of the worker to contracts: ids in, one action out."""

from celery import shared_task

from contracts.actions import anchors, batches, drafts, fee_counts, fulfilment, handovers, problems
from teams.models.accounts import SYSTEM


@shared_task
def check_problems() -> None:
    """Every quarter of an hour: look for data problems."""
    problems.check(check_id=problems.request().pk)
    problems.forget_checks()


@shared_task
def run_problem_check(check_id: int) -> None:
    """Look for data problems because somebody asked on a page."""
    problems.check(check_id=check_id)


@shared_task
def run_batch(batch_id: int) -> None:
    """Renew or confirm what somebody has looked at on a page."""
    batches.run(batch_id=batch_id)


@shared_task
def carry_out_handover(handover_id: int) -> None:
    """Continue the contracts of an approved handover."""
    handovers.carry_out(handover_id=handover_id)


@shared_task
def resume_lifecycle() -> None:
    """Take up batches and handovers that wait (Redis was away) or whose worker was killed."""
    for batch_id in batches.waiting():
        batches.run(batch_id=batch_id)
    for handover_id in handovers.waiting():
        handovers.carry_out(handover_id=handover_id)


@shared_task
def drop_old_drafts() -> None:
    """Every night: drop drafts that nobody has touched for long."""
    drafts.drop_old()


@shared_task
def follow_anchors() -> None:
    """Every night: obligations counted from dates of people's own follow what was entered about them."""
    anchors.follow_anchors()


@shared_task
def count_promises() -> None:
    """Every hour: count what was promised and what became of it, and fees, for pages about teams and places."""
    fulfilment.count_promises()
    fee_counts.fit_all_waivers(by=SYSTEM)
    fee_counts.count_fees()


@shared_task
def count_fees_again(entry_id: int) -> None:
    """After a payment for many contracts, or its cancelling: count their accounts, so that no page has to."""
    fee_counts.count_again(entry_id=entry_id)
