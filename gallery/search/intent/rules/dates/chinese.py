"""Dates in Chinese sentences: 去年夏天拍的, 2019年到2021年, 两周前, 上个月上传的.

A month or a season without a year is a subject: 三月的桃花, 冬天的风景.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import Candidate, Context
from gallery.search.intent.rules.dates.periods import HOLIDAYS, operator_of, period_in_words
from gallery.search.intent.rules.numbers import CHINESE_NUMBER, chinese_number
from gallery.search.syntax.dates import Period

_DIGIT = "[零〇一二三四五六七八九]"
_YEAR = rf"(?:(?:19|20)\d\d|[一二]{_DIGIT}{{3}})年"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_UNIT = "(?:天|周|个?星期|个?礼拜|个月|年)"
_NAMED_YEAR = rf"(?:今年|去年|前年|{_YEAR})"
_DATE = (
    rf"(?:{_NAMED_YEAR}的?(?:{_MONTH}(?:{_DAY})?|[春夏秋冬](?:[天季]|(?=[的拍，。,\s]|$))|{HOLIDAYS})"
    rf"|{_NAMED_YEAR}|今天|昨天晚上|昨天夜里|昨晚|昨夜|昨天|大前天|前天|本周末|这个周末|(?<!上)上个?周末|本周|这周|这个星期"
    r"|(?<!上)上个?(?:周|星期|礼拜)[一二三四五六日天]|(?<!上)上周|(?<!上)上个?星期|本月|这个月|(?<!上)上个?月"
    rf"|{CHINESE_NUMBER}{_UNIT}前|\d{{4}}-\d{{2}}(?:-\d{{2}})?(?![-\d]))"
)
_TAIL = (
    r"(?:的时候|期间)?(?P<limit>以来|至今|以后|之后|以前|之前)?"
    r"(?:(?P<verb>上传|拍摄|拍|照)(?:的)?(?!照|摄|子)|的)?"
)
_RANGE = re.compile(
    rf"(?:在|从)?(?P<start>{_DATE}|{_MONTH}{_DAY}|\d{{4}})(?:到|至|-|~|—)"
    rf"(?P<end>{_DATE}|{_MONTH}{_DAY}|{_MONTH}|{_DAY}){_TAIL}"
)
_ONE = re.compile(rf"(?:在|从)?(?P<date>{_DATE}){_TAIL}")
_RECENT = re.compile(
    rf"(?:在)?(?:最近|过去|近)(?P<number>{CHINESE_NUMBER})(?P<unit>{_UNIT})(?:里|内)?{_TAIL}"
)
_DECADE = re.compile(rf"(?P<date>上世纪[2-9]0年代|[5-9]0年代(?=的?(?:照片|图片|相片)|拍)){_TAIL}")
_LIMITS = {"以来": ">=", "至今": ">=", "以后": ">", "之后": ">", "以前": "<", "之前": "<"}
_UNITS = {
    "天": "days",
    "周": "weeks",
    "星期": "weeks",
    "礼拜": "weeks",
    "月": "months",
    "年": "years",
}
_WEEKDAYS = dict(zip("一二三四五六日天", (0, 1, 2, 3, 4, 5, 6, 6), strict=True))
_YEARS_BACK = {"今年": 0, "去年": 1, "前年": 2}
_NUMBERS = re.compile(rf"{CHINESE_NUMBER}(?=年|月|日|号|天|周|个)")


def chinese_dates(text: str, context: Context) -> Iterator[Candidate]:
    for match in _RANGE.finditer(text):
        if operator := _range(match, context):
            yield _candidate(match, operator)
    for match in _RECENT.finditer(text):
        number, unit = chinese_number(match["number"]), _UNITS[match["unit"].removeprefix("个")]
        if number:
            yield _candidate(match, f'{_field(match)}:"last {number} {unit}"')
    for pattern in (_ONE, _DECADE):
        for match in pattern.finditer(text):
            period = _period(match["date"], context)
            if period:
                yield _candidate(match, _limited(match, operator_of(period, _field(match))))


def _range(match: re.Match[str], context: Context) -> str:
    """Empty if it is none. 2021年5月至7月 has its year only once, 5月10日到12日 its month."""
    words, start = match["end"], _period(match["start"], context)
    if re.fullmatch(_MONTH + _DAY, match["start"]):
        start = _latest(match["start"], context)
    if start and re.fullmatch(_DAY, words):
        words = f"{start.start.year}年{start.start.month}月{words}"
    elif start and re.fullmatch(rf"{_MONTH}(?:{_DAY})?", words):
        words = f"{start.start.year}年{words}"
    end = _period(words, context, may_be_ahead=True)
    if not (start and end and start.start < end.end):
        return ""
    return operator_of(Period(start.start, end.end), _field(match))


def _period(words: str, context: Context, *, may_be_ahead: bool = False) -> Period | None:
    if weekday := re.fullmatch(r"上个?(?:周|星期|礼拜)([一二三四五六日天])", words):
        monday = period_in_words("上周", context.now)
        if monday is None:
            return None
        day = monday.start.fromordinal(monday.start.toordinal() + _WEEKDAYS[weekday[1]])
        return Period(day, day.fromordinal(day.toordinal() + 1))
    if words.endswith(("日", "号")) and words[:2] in _YEARS_BACK:
        words = f"{context.now.year - _YEARS_BACK[words[:2]]}年{words[2:].removeprefix('的')}"
    plain = _NUMBERS.sub(_in_digits, words).removesuffix("份").replace("礼拜", "星期")
    plain = plain.replace("上星期", "上周")
    return period_in_words(plain, context.now, may_be_ahead=may_be_ahead)


def _latest(month_and_day: str, context: Context) -> Period | None:
    """The last day with this date, or today."""
    year = context.now.year
    this_year = _period(f"{year}年{month_and_day}", context)
    return this_year or _period(f"{year - 1}年{month_and_day}", context)


def _in_digits(match: re.Match[str]) -> str:
    number = chinese_number(match[0])
    return match[0] if number is None else str(number)


def _limited(match: re.Match[str], operator: str) -> str:
    sign = _LIMITS.get(match["limit"] or "")
    if not sign:
        return operator
    name, _, value = operator.partition(":")
    first, dots, last = value.partition("..")
    return f"{name}:{sign}{last if dots and sign == '>' else first}"


def _field(match: re.Match[str]) -> str:
    return "uploaded" if match["verb"] == "上传" else "date"


def _candidate(match: re.Match[str], operator: str) -> Candidate:
    return Candidate(start=match.start(), end=match.end(), kind=Kind.FILTER, operator=operator)
