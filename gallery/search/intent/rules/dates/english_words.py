"""Patterns of dates in English, and of the verbs before them."""

from __future__ import annotations

from gallery.search.intent.rules.dates.periods import HOLIDAYS
from gallery.search.intent.rules.numbers import ENGLISH_NUMBER

MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
# The Spring Festival is in winter.
SEASON = r"(?:spring|summer|autumn|fall|winter)(?! festival| break)"
WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
YEAR = r"(?:19|20)\d\d(?!\d)"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
UNIT = r"(?:day|week|month|year)s?"
HOLIDAY_NAMES = HOLIDAYS.replace("'", "['’]")
# These are dates wherever they stand.
CLEAR = (
    rf"(?:{DAY} (?:of )?{MONTH},? {YEAR}|{MONTH} {DAY},? {YEAR}|{MONTH},? (?:of )?{YEAR}"
    r"|\d{4}-\d{2}(?:-\d{2})?(?![-\d])"
    rf"|{SEASON} (?:of )?{YEAR}|(?:{HOLIDAY_NAMES}) (?:of )?{YEAR}|last (?:{HOLIDAY_NAMES})"
    rf"|(?:last|past|this) (?:week|weekend|month|year|{SEASON}|{MONTH})|last {WEEKDAY}"
    rf"|(?:about |around )?{ENGLISH_NUMBER} {UNIT} ago|the day before yesterday)"
)
DAY_NAME = r"(?:yesterday|today|last night)"
DECADE = r"(?:the )?(?:19|20)?\d0['’]?s"
DATE = (
    rf"(?:{CLEAR}|{DAY_NAME}|{DECADE}|{YEAR}|(?:the )?{DAY} (?:of )?{MONTH}"
    rf"|{MONTH}(?: {DAY}\b)?|{WEEKDAY})"
)
VERB = (
    r"(?:(?:(?:that|which) )?(?:were |was )?"
    r"(?P<verb>taken|shot|made|captured|photographed|uploaded|added|posted) )"
)
START = rf"\b{VERB}?"
