"""docs/complaints.md names a test for every complaint: they are all there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_complaint_names_tests_that_exist() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"^\s*def (test_\w+)", sources, re.M))
    rows = [line for line in (ROOT / "docs" / "complaints.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    complaints = [row for row in rows if not row.startswith("| complaint")]
    named = [re.findall(r"`(test_\w+)`", row) for row in complaints]
    assert len(complaints) >= 40
    assert all(named)
    assert {name for names in named for name in names} <= known
