"""The checklists that come with the product (assessments/checklists.toml)."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "checklists.toml"


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """code, name, kinds, and under `item` what is looked at, as the file says it."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["checklist"])


@cache
def shipped_names() -> dict[str, str]:
    """CHECKLIST -> its name, CHECKLIST:ITEM -> the item's text."""
    lists = {row["code"]: row["name"] for row in shipped()}
    return lists | {f"{row['code']}:{item['code']}": item["text"] for row in shipped() for item in row["item"]}
