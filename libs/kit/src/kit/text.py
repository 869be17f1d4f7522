"""Clean text from outside: no control characters, no invisible or bidirectional formatting.

Control characters break exports and terminals; bidirectional formatting lets a text look like
another one (CVE-2021-42574). Neither is visible, so both are removed rather than refused. The
joiners U+200C and U+200D stay: Persian and emoji need them.
"""

import re

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0, DEL and C1 without white space
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, isolates
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"  # other format characters
    "]"
)
_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_GAP = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")


def without_invisible(text: str) -> str:
    """The text without control and invisible characters; tabs and line breaks stay as they are."""
    return _INVISIBLE.sub("", text)


def clean_line(text: str) -> str:
    """Text of one line: invisible characters removed, each run of tabs and line breaks one
    space."""
    if text.isprintable():
        return text
    return _GAP.sub(" ", without_invisible(text))


def clean_lines(text: str) -> str:
    """Text of several lines: invisible characters removed, every line break `\\n`; tabs stay."""
    if text.isprintable():
        return text
    return _LINE_BREAK.sub("\n", without_invisible(text))
