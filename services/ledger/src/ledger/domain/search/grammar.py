"""The grammar of the search language, in Lark's EBNF."""

GRAMMAR = r"""
start: either

?either: both (_OR both)*
?both: negated (_AND? negated)*
?negated: (MINUS | NOT) atom -> no
        | atom
?atom: "(" either ")"
     | WORD -> word
     | QUOTED -> phrase
     | KEY OPERATOR (VALUE | QUOTED) -> keyed

_OR.3: /OR(?![^\s()"])/
_AND.3: /AND(?![^\s()"])/
NOT.3: /NOT(?![^\s()"])/
MINUS: /-(?=[^\s)])/
// A key stands directly before its colon; a comparison may stand apart.
KEY.2: /[^\W\d_][\w-]*(?=:|\s*[<>=])/
OPERATOR: /:?(?:>=|<=|>|<|=)|:/
QUOTED: /"(?:[^"\\]|\\.)*"/
VALUE: /[^\s()"]+/
WORD: /(?!(?:OR|AND|NOT)(?![^\s()"]))[^\s"():<>=-][^\s"():<>=]*/

%import common.WS
%ignore WS
"""

# How a person would call what the grammar expects.
CALLED = {
    "WORD": "a word",
    "QUOTED": "a quoted phrase",
    "KEY": "a key such as category:",
    "MINUS": "-",
    "LPAR": "(",
    "RPAR": ")",
    "OPERATOR": "one of : > >= < <= =",
    "VALUE": "a value",
    "_OR": "OR",
    "_AND": "AND",
    "NOT": "NOT",
}
