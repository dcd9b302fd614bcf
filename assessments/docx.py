"""Writes .docx (OOXML, ISO/IEC 29500): paragraphs and tables in fonts and sizes, no more than an official document
needs. Pure. The same blocks give the same bytes, so that a kept document can be held against its hash.

Lengths are in points; a page's margins in millimetres.
"""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A zip's earliest day: when a document was made stands in it, not around it.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Style:
    """How letters and lines look. `indent` counts letters before the first line, `after` letters behind the last."""

    font: str
    size: float
    align: str = "both"
    indent: int = 0
    after: int = 0
    line: float = 28.95
    colour: str = ""
    is_kept_with_next: bool = False
    has_rule_below: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text."""

    text: str
    style: Style


@dataclass(frozen=True)
class Table:
    """A table with a head that repeats on each page; `widths` are shares, `left` the columns set to the left."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    head: Style
    cell: Style
    left: Sequence[int] = ()


@dataclass(frozen=True)
class Page:
    """A4 with its margins."""

    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26

    @property
    def text_width(self) -> int:
        """The text block's width in twentieths of a point."""
        return _twips_of_mm(210 - self.left - self.right)


def write(title: str, blocks: Iterable[Paragraph | Table], *, page: Page, number: Style) -> bytes:
    """The document's bytes. `number`: how page numbers look, as — 1 — below the text."""
    body = "".join(_table(block, page) if isinstance(block, Table) else _paragraph(block) for block in blocks)
    files = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(
            ("rId1", f"{RELATIONS}/officeDocument", "word/document.xml"),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(title),
        "word/document.xml": _document(body, page),
        "word/styles.xml": _styles(),
        "word/footer1.xml": _footer(number),
        "word/_rels/document.xml.rels": _relations(
            ("rId1", f"{RELATIONS}/styles", "styles.xml"), ("rId2", f"{RELATIONS}/footer", "footer1.xml")
        ),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), HEAD + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraph(block: Paragraph) -> str:
    lines = block.text.split("\n")
    return "".join(f"<w:p>{_shape(block.style)}{_run(line, block.style)}</w:p>" for line in lines)


def _shape(style: Style) -> str:
    """The paragraph's properties, in the order that the schema asks for."""
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="C7000B"/></w:pBdr>'
    size = round(style.size * 20)
    first = f' w:firstLineChars="{style.indent * 100}" w:firstLine="{style.indent * size}"' if style.indent else ""
    behind = f' w:rightChars="{style.after * 100}" w:right="{style.after * size}"' if style.after else ""
    return (
        "<w:pPr>"
        + ("<w:keepNext/>" if style.is_kept_with_next else "")
        + (rule if style.has_rule_below else "")
        + f'<w:spacing w:before="0" w:after="0" w:line="{round(style.line * 20)}" w:lineRule="exact"/>'
        + (f"<w:ind{behind}{first}/>" if first or behind else "")
        + f'<w:jc w:val="{style.align}"/></w:pPr>'
    )


def _run(text: str, style: Style) -> str:
    return f'<w:r>{_letters(style)}<w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r>' if text else ""


def _letters(style: Style) -> str:
    fonts = f'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{escape(style.font)}"'
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    half_points = round(style.size * 2)
    return (
        f'<w:rPr><w:rFonts {fonts} w:hint="eastAsia"/>{colour}<w:sz w:val="{half_points}"/>'
        f'<w:szCs w:val="{half_points}"/></w:rPr>'
    )


def _table(table: Table, page: Page) -> str:
    whole = sum(table.widths)
    widths = [page.text_width * width // whole for width in table.widths]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row(table.heads, table, widths, is_head=True)
    rows = "".join(_row(row, table, widths, is_head=False) for row in table.rows)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>'
    )


def _row(cells: Sequence[str], table: Table, widths: Sequence[int], *, is_head: bool) -> str:
    style = table.head if is_head else table.cell
    left = Style(style.font, style.size, "left", line=style.line)
    drawn = []
    for column, (text, width) in enumerate(zip(cells, widths, strict=True)):
        used = left if column in table.left and not is_head else style
        drawn.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{_paragraph(Paragraph(text, used))}</w:tc>"
        )
    repeats = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeats}</w:trPr>{''.join(drawn)}</w:tr>"


def _document(body: str, page: Page) -> str:
    top, bottom, left, right = map(_twips_of_mm, (page.top, page.bottom, page.left, page.right))
    section = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/>'
        f'<w:pgSz w:w="{_twips_of_mm(210)}" w:h="{_twips_of_mm(297)}"/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="851"'
        f' w:footer="{_twips_of_mm(page.bottom - 7)}" w:gutter="0"/></w:sectPr>'
    )
    return f'<w:document xmlns:w="{MAIN}" xmlns:r="{RELATIONS}"><w:body>{body}{section}</w:body></w:document>'


def _footer(number: Style) -> str:
    letters = _letters(number)
    field = (
        f'<w:r>{letters}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{letters}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{letters}<w:fldChar w:fldCharType="end"/></w:r>'
    )
    return (
        f'<w:ftr xmlns:w="{MAIN}" xmlns:r="{RELATIONS}"><w:p>{_shape(number)}{_run("— ", number)}{field}'
        f"{_run(' —', number)}</w:p></w:ftr>"
    )


def _styles() -> str:
    return (
        f'<w:styles xmlns:w="{MAIN}"><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault></w:docDefaults></w:styles>"
    )


def _types() -> str:
    parts = (
        ("/word/document.xml", f"{DOCUMENT_TYPE}.document.main+xml"),
        ("/word/styles.xml", f"{DOCUMENT_TYPE}.styles+xml"),
        ("/word/footer1.xml", f"{DOCUMENT_TYPE}.footer+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    )
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(*rows: tuple[str, str, str]) -> str:
    links = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in rows)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _core(title: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(_clean(title))}</dc:title></cp:coreProperties>'
    )


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter in "\t" or " " <= letter not in "\ufffe\uffff")


def _twips_of_mm(length: float) -> int:
    return round(length * 1440 / 25.4)
