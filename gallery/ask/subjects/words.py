"""Words that the patterns of questions share."""

from __future__ import annotations

PICTURES = r"(?:pictures?|photos?|photographs?|images?|pics?|shots?)"
VERBS = (
    r"(?:take|took|taken|shoot|shot|photograph|photographed|upload|uploaded|have|got|use|used"
    r"|make|made|post|posted|add|added|capture|captured)"
)
CHINESE_PICTURES = r"(?:照片|图片|相片|图像)"
FREQUENT = r"(?:most (?:common|frequent|popular|used|often used)|top)"
OLDEST = r"(?:oldest|earliest|first)"
NEWEST = r"(?:newest|latest|most recent|last)"
# “The oldest picture”, “the last one”.
FIRST_OR_LAST = (
    rf"(?:oldest|newest|latest|earliest|most recent|last|first) (?:ones?|{PICTURES})\b"
    rf"(?: (?:of|with|showing))?"
)
