"""English noun phrases: the articles and plurals that the names of the things need."""

import re

NUMBERS = {2: "two", 3: "three", 4: "four"}
IRREGULAR = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "people",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "leaf": "leaves",
    "wolf": "wolves",
    "knife": "knives",
    "loaf": "loaves",
    "ox": "oxen",
    "policeman": "policemen",
    "snowman": "snowmen",
    "moose": "moose",
}
NO_ARTICLE = re.compile(
    r"(?i)^(two |three |a |an |the |flag of |mount |st )|(s'|ing)$|^[A-Z][a-z]+ (flag)$"
)
# Singular nouns that end in s: bus, cactus, octopus. "glasses" does not match.
SINGULAR = re.compile(r"(us|ss|ris|lens)$")
UNCOUNTED = {"bread", "rice", "fire", "money", "hair", "snow", "fog", "lightning", "water wave"}
# Words written with a first vowel but spoken with a consonant: "a unicorn".
SPOKEN_YOU = re.compile(r"(?i)^(uni|use|ufo|u-|eu|ewe|one)")
TAIL = re.compile(r"^(.+?)( (?:of|with|in|on|for|at|behind|without|over|to) .+)$")


def with_article(name: str) -> str:
    if name.startswith("flag of "):
        return f"the {name}"
    head = match[1] if (match := TAIL.match(name)) else name
    several = head.endswith("s") and not SINGULAR.search(head)
    if NO_ARTICLE.search(name) or several or head in UNCOUNTED:
        return name
    vowel = name[0].lower() in "aeiou" and not SPOKEN_YOU.match(name)
    return f"an {name}" if vowel else f"a {name}"


def plural(name: str) -> str:
    head, tail = name, ""
    if match := TAIL.match(name):
        head, tail = match.groups()
    *before, last = head.split(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif re.search(r"(s|x|z|ch|sh)$", last):
        last = last if last.endswith("s") and not last.endswith("ss") else f"{last}es"
    elif re.search(r"[^aeiou]y$", last):
        last = f"{last[:-1]}ies"
    elif last in {"tomato", "potato", "mango", "hero"}:
        last = f"{last}es"
    else:
        last = f"{last}s"
    return " ".join([*before, last]) + tail


def counted(name: str, count: int) -> str:
    return f"{NUMBERS[count]} {plural(name)}"
