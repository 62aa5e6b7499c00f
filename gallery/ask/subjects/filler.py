"""A question without the words that say nothing about what is in the pictures. Pure."""

from __future__ import annotations

import re

from gallery.ask.subjects.words import (
    CHINESE_PICTURES,
    FIRST_OR_LAST,
    FREQUENT,
    NEWEST,
    OLDEST,
    PICTURES,
    VERBS,
)

# The camera: “did I take with a Canon” is “taken with a Canon” to the rules of sentences.
_TAKEN_WITH = re.compile(
    rf"\b(?:(?:was|were|is|are|been|did|do|have|had)(?: i| we)? )?"
    rf"(?:take|took|taken|shoot|shot|made)(?: (?:the |my )?{PICTURES})? (?=(?:with|using) )",
    re.IGNORECASE,
)
_CHINESE_CAMERA = re.compile(r"(用(?![什哪])[\w.-]{1,20}?)(?:拍摄?)(?:的|了|过)?")
_TAGGED = re.compile(
    r"\b(?:that |which )?(?:have|has|having|with|carry)(?: got)? (?:the |a )?tag"
    r"(?: named| called)? (?:[\"“](?P<quoted>[^\"”]+)[\"”]|(?=\w))",
    re.IGNORECASE,
)
_FILLER = re.compile(
    rf"^(?:and|but|what about|how about|please|tell me|can you tell me|show me)\b[ ,]*"
    rf"|^what (?:is|are|(?:do|can) (?:you|we|i) see)(?: shown| visible)? (?:on|in) "
    rf"(?:(?:the|my|this|that|these|those|all) )*{PICTURES}(?: (?:of|with|showing|that show))?\b"
    rf"|^(?:what|which) (?:is|was|are|were) (?=(?:the |my )?{FIRST_OR_LAST})"
    rf"|\b(?:the |my )?{FIRST_OR_LAST}|\b(?:the )?(?:{OLDEST} |{NEWEST} )?uploads?\b"
    rf"|\b(?:the |my )?(?:oldest|newest|latest|earliest|most recent|first) (?=[\w-]+ {PICTURES}\b)"
    rf"|^(?:what|which) (?:is|are) (?:the |my )?{FREQUENT} (?:tags?|cameras?)\b"
    rf"|\bhow many(?: of)?(?: (?:the|my|these|those|them))?\b|\b(?:the )?number of\b"
    rf"|^count(?: (?:the|my))?\b|^which of (?:the|these|those|them)\b"
    rf"|^(?:when|where|on which|in which|at which|with which|what|which|who)\b(?: of\b)?"
    rf"(?: (?:years?|months?|days?|dates?|places?|locations?|tags?|cameras?|phones?|persons?))?"
    rf"|\b(?:did|do|have|had) (?:i|we)(?: (?:last|first|ever|already|also))*(?: {VERBS})?\b"
    rf"|^ *(?:was|were|are|is|do|does|did|has|have) (?:there|(?=the |my |this |these |taken ))?"
    rf"|\b(?:are|is|were|was) there\b|\b(?:was|were|is|are|been) {VERBS}\b(?! (?:with|using)\b)"
    rf"|\bin (?:the|my) gallery\b|\b(?:the )?most(?: often)?(?=$| {PICTURES}\b)"
    rf"|^ *(?:the |my |all |an? |any )?{PICTURES}(?: (?:of|with|showing|(?:that )?shows?))?(?= )"
    rf"|\b(?:the |my |an? |any |some )?{PICTURES}(?: (?:of|with|showing|(?:that )?shows?))?\b"
    rf"|^ *(?:takes?|took|uploads?|uploaded|taken|made|has|have|had)\b(?! (?:with|using)\b)"
    rf"|^ *(?:have|appear in)\b|\b(?:have|appear|taken|made|uploaded|shot|used)$",
    re.IGNORECASE,
)
_CHINESE_FILLER = re.compile(
    r"^那么?|请问|告诉我|给我看看?|图库[里中]?|(?:一共|总共)?有?(?:多少|几)(?:[张幅]图(?![书形案标表片像])|[张幅个])?|[一总]共|(?<!公)共(?=有?(?:多少|几))|数量|什么时候|何时|哪一?[年月天]|在?哪里|在?哪儿|在哪"
    r"|(?:在)?什么地方|何处|有?(?:什么|哪[些个])标签|最(?:常用|常见|多)的标签(?:[是有](?:什么|哪些|哪个))?|用?(?:了|过)?(?:什么|哪[些台个]?)相机|谁"
    rf"|有?哪[些张几]张?的?(?={CHINESE_PICTURES})|有?哪些$|最多|(?:最[近后]|第)一次|最[早新近旧老后]的?[一两二三四五六七八九十几]?张?的?(?={CHINESE_PICTURES}|$)"
    rf"|(?:我们?)?(?:拍摄|拍|上传)(?:过|了|的|到)?|的?{CHINESE_PICTURES}|[呢吗的了呀啊是有]$|^[有的是](?![^，。的]{{1,10}}标签)|比较"
)
_ONLY_ARTICLES = re.compile(
    r"^(?:(?:was|were|is|are|do|does|show|they|the|an?|my|any|all|some"
    r"|these|this|those|it|them|here|in total|这些|这张|它们|其中)\b ?)+$",
    re.IGNORECASE,
)
_ANY = re.compile(r"^(?:any|some) ", re.IGNORECASE)
EDGES = " ?？!！.。,，"


def without_filler(text: str) -> str:
    camera = ""
    if match := _CHINESE_CAMERA.search(text):
        # At the end, since a rule below takes its verb.
        camera, text = f"{match[1]}拍的", f"{text[: match.start()]} {text[match.end() :]}"
    text = _TAKEN_WITH.sub("taken ", text)
    text = _TAGGED.sub(lambda match: f"tagged {match['quoted'] or ''}", text)
    # Again: what follows a removed word may be the beginning of the next pattern.
    for _ in range(3):
        text = _CHINESE_FILLER.sub(" ", _FILLER.sub(" ", text))
        text = " ".join(text.split()).strip(EDGES)
    return f"{_ANY.sub('', _ONLY_ARTICLES.sub('', text))} {camera}".strip()
