"""What the stand-in answers when it behaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """One candidate: its parts as they travel, and why it ended."""

    parts: Sequence[Body] = field(default_factory=tuple)
    finish_reason: str = "STOP"

    @classmethod
    def text(cls, text: str, *, finish_reason: str = "STOP") -> Reply:
        return cls(({"text": text},), finish_reason)

    @classmethod
    def function_call(cls, name: str, args: Body, *, call_id: str, signature: str) -> Reply:
        call = {"id": call_id, "name": name, "args": args}
        return cls(({"functionCall": call, "thoughtSignature": signature},))


Brain = Callable[[Body], Reply]


def share_a_word(body: Body) -> Reply:
    """Choose the first category with a word of the payee; echo what is no such question."""
    text = "".join(
        part.get("text", "")
        for content in body.get("contents", [])
        for part in content.get("parts", [])
    )
    try:
        question = json.loads(text)
        categories, payees = question["categories"], question["payees"]
    except (ValueError, KeyError, TypeError):
        return Reply.text(f"You said: {text[:200]}")
    chosen = [
        {"payee": at, "category": _first_sharing(payee, categories)}
        for at, payee in enumerate(payees)
    ]
    return Reply.text(json.dumps(chosen))


def _first_sharing(payee: str, categories: Sequence[str]) -> int:
    words = set(re.findall(r"\w{4,}", payee.lower()))
    for at, name in enumerate(categories):
        if words & set(re.findall(r"\w{4,}", name.lower())):
            return at
    return -1
