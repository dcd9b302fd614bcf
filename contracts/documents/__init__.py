"""Papers as PDF: typst templates beside this file, set in fonts that come with the project.

Data reaches a template as JSON through `sys.inputs`, never as markup, so nothing that people type is run or breaks a
page. The same data is also what the pages preview.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock

import pylopdf_fonts_zh_cn
import typst

TEMPLATES = Path(__file__).parent
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
# A compiler serves one thread at a time.
_lock = Lock()


def typeset(template: str, data: Mapping[str, object], *, folder: Path = TEMPLATES) -> bytes:
    """The PDF of `<template>.typ` of a folder with the data (what JSON can hold)."""
    text = json.dumps(data, ensure_ascii=False)
    with _lock:
        pdf = _compiler(folder / f"{template}.typ").compile(format="pdf", sys_inputs={"data": text})
    assert isinstance(pdf, bytes)
    return pdf


@lru_cache(maxsize=8)
def _compiler(template: Path) -> typst.Compiler:
    """Kept between documents: fonts are read once."""
    return typst.Compiler(str(template), font_paths=[str(FONTS)], ignore_system_fonts=True)
