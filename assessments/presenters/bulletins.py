"""What a bulletin says: paragraphs generated from its facts, and the document as page, PDF and Word draw it.

Bulletins are Chinese, whoever looks at them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.docx import Page, Paragraph, Style, Table, write
from assessments.models import Bulletin
from assessments.queries.bulletins import COLUMNS

Facts = Mapping[str, Any]
NAMES = {
    "coverage": "签约覆盖率",
    "key": "重点人群签约率",
    "paid": "有偿签约率",
    "completion": "服务项目完成率",
    "unserved": "签而不约率",
}
LOWER_IS_BETTER = ("unserved",)
GRADES = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
# Codes of paragraphs, in order, and their headings, which are numbered; the two tables stand behind `ranking` and
# `problems`. A month without published results has no `assessment`.
HEADINGS = {
    "opening": "",
    "overall": "总体情况",
    "ranking": "各单位进展情况",
    "inspection": "督查整改情况",
    "assessment": "考核结果",
    "problems": "存在问题及整改要求",
    "demands": "下一步工作要求",
    "closing": "",
}
NUMERALS = "一二三四五六七"
MEASURES = {"institution": "家单位", "team": "个团队", "staff": "名医生"}
MOST_NAMED = 10
RECIPIENTS = "各镇卫生院、社区卫生服务中心，医共体牵头医院："
DEMANDS = (
    "（一）落实责任。各单位主要负责人要对照本通报逐条核查，明确责任人和完成时限，按期整改销号。\n"
    "（二）做实履约。对逾期未完成的服务项目和签约后未接受服务的居民逐人列出清单，优先安排重点人群。\n"
    "（三）严肃纪律。对整改不力、问题反复出现的单位，予以约谈，并在年度考核中扣分。"
)
NO_FIGURE = "—"
# Where a title that is longer than a line (in letters of 22 pt) is broken.
SUBJECT, LINE_OF_TITLE = "家庭医生", 19
# 三号 16 pt, 二号 22 pt, 小四 12 pt, 五号 10.5 pt; 方正小标宋, 仿宋 and 黑体 as GB/T 9704 asks for.
BODY = Style("仿宋_GB2312", 16, indent=2)
PLAIN = Style("仿宋_GB2312", 16)
HEADING = Style("黑体", 16, indent=2, is_kept_with_next=True)
ISSUER = Style("方正小标宋简体", 30, "center", line=44, colour="C7000B")
NUMBER = Style("仿宋_GB2312", 16, "center", line=34, has_rule_below=True)
TITLE = Style("方正小标宋简体", 22, "center", line=36)
CAPTION = Style("黑体", 12, "center", line=24, is_kept_with_next=True)
HEAD_CELL = Style("黑体", 10.5, "center", line=16)
CELL = Style("仿宋_GB2312", 10.5, "center", line=16)
SIGNATURE = Style("仿宋_GB2312", 16, "right", after=2)
DATE = Style("仿宋_GB2312", 16, "right", after=4)
PAGE_NUMBER = Style("宋体", 14, "center", line=20)


def paragraphs(facts: Facts, issuer: str) -> list[dict[str, str]]:
    """The generated text, part by part."""
    month = month_text(facts)
    texts = {
        "opening": (
            f"为压实家庭医生签约服务责任，促进真签约、真履约，现将{month}全区家庭医生签约服务工作开展和督查情况通报如下。"
        ),
        "overall": _overall(facts),
        "ranking": _ranking(facts),
        "inspection": _inspection(facts["inspection"]),
        "assessment": _assessment(facts.get("assessments", ())),
        "problems": _problems(facts["problems"]),
        "demands": DEMANDS,
        "closing": "特此通报。",
    }
    said = [(code, heading) for code, heading in HEADINGS.items() if code != "assessment" or texts[code]]
    number = iter(NUMERALS)
    return [
        {"code": code, "heading": f"{next(number)}、{heading}" if heading else "", "text": texts[code]}
        for code, heading in said
    ]


def title_of(facts: Facts) -> str:
    """The bulletin's title."""
    return f"关于{month_text(facts)}{SUBJECT}签约服务工作情况的通报"


def title_lines(title: str) -> list[str]:
    """A long title on two lines, broken where its sense allows."""
    place = title.find(SUBJECT)
    return [title[:place], title[place:]] if len(title) > LINE_OF_TITLE and place > 0 else [title]


def month_text(facts: Facts) -> str:
    """2018年11月."""
    year, month = str(facts["month"]).split("-")
    return f"{year}年{int(month)}月"


def number_text(bulletin: Bulletin) -> str:
    """泉卫通〔2018〕3号; without a number yet, the place where it will stand."""
    return bulletin.document_number if bulletin.number else f"{bulletin.document_number}〔〕 号"


def document(bulletin: Bulletin) -> dict[str, Any]:
    """The whole document as plain data: what documents/bulletin.typ, the page and `docx_of` draw."""
    facts = bulletin.figures
    blocks: list[dict[str, Any]] = []
    for part in bulletin.paragraphs:
        if part["heading"]:
            blocks.append({"kind": "heading", "text": part["heading"]})
        if part["text"]:
            blocks.append({"kind": "text", "text": part["text"], "lines": part["text"].split("\n")})
        if part["code"] == "ranking":
            blocks.append(ranking_table(facts))
        if part["code"] == "problems" and facts["problems"]:
            blocks.append(problem_table(facts))
    return {
        "issuer": bulletin.issuer,
        "number": number_text(bulletin),
        "title": bulletin.title,
        "title_lines": title_lines(bulletin.title),
        "recipients": RECIPIENTS,
        "blocks": blocks,
        "signature": bulletin.issuer,
        "date": day_text(bulletin.issued_on) if bulletin.issued_on else "    年  月  日",
        "mark": mark(facts),
        "is_draft": bulletin.status == Bulletin.Status.DRAFT,
    }


def mark(facts: Facts) -> str:
    """What stands below when the month was not frozen; else its hash, so that the figures can be held against it."""
    if facts["is_frozen"]:
        return f"注：数据取自已封存的{month_text(facts)}月报，校验码{str(facts['sha256'])[:16]}。"
    return f"注：数据截至{day_text(date.fromisoformat(facts['as_of']))}，尚未封存，为初步数据。"


def ranking_table(facts: Facts) -> dict[str, Any]:
    """Table 1: the centres in order, each figure with its change on the month before; the district below."""
    rows = [
        [f"{row['place']}", row["name"], *(_cell(row["figures"][code]) for code in COLUMNS)] for row in facts["ranking"]
    ]
    if facts["total"]:
        rows.append([NO_FIGURE, "全区", *(_cell(facts["total"][code]) for code in COLUMNS)])
    heads = ["位次", "单位", *(f"{NAMES[code]}{'▲' if code == facts['rank_by'] else ''}" for code in COLUMNS)]
    caption = "表1 各单位主要指标（%，▲为排序指标，括号内为较上月增减百分点）"
    return {
        "kind": "table",
        "caption": caption,
        "heads": heads,
        "rows": rows,
        "widths": [3, 8, 5, 5, 5, 5, 5],
        "left": [1],
    }


def problem_table(facts: Facts) -> dict[str, Any]:
    """Table 2: each institution's problems and by when each is to be mended."""
    rows = [
        [row["name"], _problem(item), _due(item, facts["as_of"])] for row in facts["problems"] for item in row["items"]
    ]
    return {
        "kind": "table",
        "caption": "表2 存在问题及整改时限",
        "heads": ["单位", "存在问题", "整改时限"],
        "rows": rows,
        "widths": [8, 20, 6],
        "left": [0, 1],
    }


def docx_of(paper: Mapping[str, Any]) -> bytes:
    """The document as Word opens it."""
    blocks: list[Paragraph | Table] = [
        Paragraph(f"{paper['issuer']}文件", ISSUER),
        Paragraph(paper["number"], NUMBER),
        Paragraph("", PLAIN),
        Paragraph("\n".join(paper["title_lines"]), TITLE),
        Paragraph("", PLAIN),
        Paragraph(paper["recipients"], PLAIN),
    ]
    for part in paper["blocks"]:
        blocks.extend(_blocks(part))
    blocks += [Paragraph("", PLAIN), Paragraph(paper["signature"], SIGNATURE), Paragraph(paper["date"], DATE)]
    if paper["mark"]:
        blocks += [Paragraph("", PLAIN), Paragraph(paper["mark"], Style("仿宋_GB2312", 10.5, "left", line=16))]
    if paper["is_draft"]:
        blocks.insert(0, Paragraph("草稿", Style("黑体", 16, "right", colour="808080")))
    return write(paper["title"], blocks, page=Page(), number=PAGE_NUMBER)


def day_text(day: date) -> str:
    """2018年12月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _blocks(part: Mapping[str, Any]) -> list[Paragraph | Table]:
    if part["kind"] != "table":
        return [Paragraph(part["text"], HEADING if part["kind"] == "heading" else BODY)]
    table = Table(part["heads"], part["rows"], part["widths"], HEAD_CELL, CELL, part["left"])
    return [Paragraph(part["caption"], CAPTION), table, Paragraph("", Style("仿宋_GB2312", 10.5, line=12))]


def _overall(facts: Facts) -> str:
    total = facts["total"]
    if not total:
        return "本月尚无全区数据。"
    coverage = total["coverage"]
    opening = "截至" + day_text(date.fromisoformat(facts["as_of"]))
    parts = [
        f"{opening}，全区签约{coverage['numerator']:,}人，签约覆盖率{_rate(coverage)}，{_moved(coverage)}",
        f"重点人群签约{total['key']['numerator']:,}人，签约率{_rate(total['key'])}，{_moved(total['key'])}",
        f"有偿签约{total['paid']['numerator']:,}人，有偿签约率{_rate(total['paid'])}，{_moved(total['paid'])}",
    ]
    served = (
        f"本年到期的服务项目{total['completion']['denominator']:,}项，已完成{total['completion']['numerator']:,}项，"
        f"完成率{_rate(total['completion'])}，{_moved(total['completion'])}；"
        f"签约满90日后一年内未接受服务的{total['unserved']['numerator']:,}人，签而不约率{_rate(total['unserved'])}。"
    )
    return "；".join(parts) + "。\n" + served


def _ranking(facts: Facts) -> str:
    ranked = [row for row in facts["ranking"] if row["figures"][facts["rank_by"]]["rate"] is not None]
    name = NAMES[facts["rank_by"]]
    if not ranked:
        return "本月各单位尚无数据。"
    if len(ranked) < 6:
        return f"各单位{name}由高到低见表1。"
    first, last = ranked[:3], ranked[-3:]
    return (
        f"按{name}排序，前3位是{_listed(first, facts)}；后3位是{_listed(last, facts)}。{_movers(ranked, facts)}"
        "各单位情况见表1。"
    )


def _listed(rows: Sequence[Facts], facts: Facts) -> str:
    return "、".join(f"{row['name']}（{_rate(row['figures'][facts['rank_by']])}）" for row in rows)


def _movers(ranked: Sequence[Facts], facts: Facts) -> str:
    """Who gained and who lost most on the month before; nothing when nobody moved."""
    moved = [(Decimal(change), row["name"]) for row in ranked if (change := row["figures"][facts["rank_by"]]["change"])]
    if not moved:
        return ""
    most, least = max(moved), min(moved)
    up = f"较上月上升最多的是{most[1]}（+{most[0]}个百分点）。" if most[0] > 0 else ""
    down = f"下降最多的是{least[1]}（{least[0]}个百分点）。" if least[0] < 0 else ""
    return up + down


def _inspection(counted: Facts) -> str:
    if not counted["inspected"]:
        return "本月未开展现场督查。"
    text = (
        f"本月各巡查组共督查{counted['inspected']}家机构（计划{counted['planned']}家），发现问题{counted['found']}个，"
        f"已销号{counted['closed']}个，已整改待复核销号{counted['waiting']}个。"
    )
    if counted["relapses"]:
        text += f"其中{counted['relapses']}个问题为12个月内重复出现。"
    return text + (f"截至月末，逾期未整改的问题{counted['overdue']}个。" if counted["overdue"] else "")


def _assessment(results: Sequence[Facts]) -> str:
    """A paragraph for each assessment whose results were published in the month."""
    return "\n".join(_results(row) for row in results)


def _results(row: Facts) -> str:
    day = date.fromisoformat(row["published_on"])
    measure = MEASURES[row["unit_kind"]]
    grades = "、".join(f"{GRADES[grade]}{count}{measure[0]}" for grade, count in row["grades"].items())
    count = sum(row["grades"].values())
    text = f"“{row['name']}”结果已于{day.month}月{day.day}日公布，共考核{count}{measure}：{grades}。"
    ranked = [unit for unit in row["units"] if unit["total"]]
    if len(ranked) >= 6:
        text += f"前3位是{_scored(ranked[:3])}；后3位是{_scored(ranked[-3:])}。"
    elif ranked:
        text += f"得分由高到低为{_scored(ranked)}。"
    failed = [unit["name"] for unit in row["units"] if unit["grade"] == "fail"]
    if failed:
        more = f"等{len(failed)}{measure}" if len(failed) > MOST_NAMED else ""
        text += f"不合格的是{'、'.join(failed[:MOST_NAMED])}{more}。"
    return text


def _scored(units: Sequence[Facts]) -> str:
    return "、".join(f"{unit['name']}（{unit['total']}分）" for unit in units)


def _problems(problems: Sequence[Facts]) -> str:
    if not problems:
        return "本月未发现需通报的问题。"
    count = sum(row["count"] for row in problems)
    return (
        f"本月共有{len(problems)}家单位的{count}个问题需要整改，详见表2。"
        "各单位须在规定时限内整改到位，并在系统中提交佐证材料，由我委复核后销号。"
    )


def _problem(item: Facts) -> str:
    if "figure" in item:
        name = NAMES[item["figure"]]
        worse = "高于" if item["figure"] in LOWER_IS_BETTER else "低于"
        return f"{name}{_rate(item)}，明显{worse}全区水平"
    where = f"{item['where']}：" if item["where"] else ""
    again = f"（第{item['relapses'] + 1}次出现）" if item["relapses"] else ""
    return f"{where}{item['text']}{again}{'（以前发现，未整改到位）' if item['is_earlier'] else ''}"


def _due(item: Facts, as_of: str) -> str:
    if not item["due_on"]:
        return "立即整改"
    day, told_on = date.fromisoformat(item["due_on"]), date.fromisoformat(as_of)
    year = "" if day.year == told_on.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日前" + ("\n（已逾期）" if day < told_on else "")


def _rate(figure: Facts) -> str:
    return f"{figure['rate']}%" if figure["rate"] is not None else "无数据"


def _moved(figure: Facts) -> str:
    if figure["change"] is None:
        return "上月无可比数据"
    change = Decimal(figure["change"])
    if not change:
        return "与上月持平"
    return f"较上月{'上升' if change > 0 else '下降'}{abs(change)}个百分点"


def _cell(figure: Facts) -> str:
    if figure["rate"] is None:
        return NO_FIGURE
    change = "" if figure["change"] is None else f"\n({Decimal(figure['change']):+})"
    return f"{figure['rate']}{change}"
