"""What a printed receipt says. It is Chinese, whoever prints it, as the other papers are."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation

from contracts.documents import typeset
from contracts.models import FeeEntry
from contracts.money import in_capitals


def entries_of_receipt(entry: FeeEntry) -> list[FeeEntry]:
    """Everything received under the entry's number."""
    rows = FeeEntry.objects.filter(number=entry.number, coverage__contract=entry.coverage.contract_id)
    return list(
        rows.select_related("coverage__resident", "coverage__contract__team__institution")
        .prefetch_related("coverage__packages__version")
        .order_by("-coverage__resident__is_head", "pk")
    )


def receipt_data(rows: Sequence[FeeEntry]) -> dict[str, Any]:
    """The receipt's data for its template; a cancelled one says so."""
    first = rows[0]
    contract = first.coverage.contract
    total = sum((row.amount for row in rows), Decimal(0))
    return {
        "institution": contract.team.institution.name,
        "number": first.number,
        "contract": contract.number,
        "representative": contract.representative.name if contract.representative else first.coverage.resident.name,
        "on": f"{first.on.year}年{first.on.month}月{first.on.day}日",
        "rows": [_row(row) for row in rows],
        "total": f"{total:.2f}",
        "capitals": in_capitals(total),
        "note": first.reason,
        "by": first.entered_by,
        "cancelled": f"{first.cancelled_by}：{first.cancelled_reason}" if first.cancelled_at else "",
    }


def receipt_pdf(entry: FeeEntry) -> bytes:
    """The receipt as PDF."""
    with translation.override("zh-hans"):
        return typeset("receipt", receipt_data(entries_of_receipt(entry)))


def _row(row: FeeEntry) -> dict[str, Any]:
    return {
        "name": row.coverage.resident.name,
        "packages": sorted(held.version.name for held in row.coverage.packages.all()),
        "payer": str(row.get_payer_display()),
        "amount": f"{row.amount:.2f}",
    }
