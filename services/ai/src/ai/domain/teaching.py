"""The effect of a series of posted entries on a person's memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ai.domain.memory import LESSONS_KEPT, Lesson, PayeeMemory


@dataclass(frozen=True, slots=True)
class Place:
    """Where a payee's memory is found, within those of a person."""

    inflow: bool
    key: str


@dataclass(frozen=True, slots=True)
class Teaching:
    """The effect of one entry: it takes back the lesson of the entry it `reverses`, adds one for a
    payee, or does neither."""

    reverses: str = ""
    place: Place | None = None
    traits: tuple[str, ...] = ()
    lesson: Lesson | None = None

    @property
    def is_nothing(self) -> bool:
        return not self.reverses and self.lesson is None


@dataclass(frozen=True, slots=True)
class Kept:
    """A payee's memory, and when a lesson was last added to it."""

    memory: PayeeMemory
    taught_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.memory.inflow, self.memory.key)


@dataclass(slots=True)
class Pupil:
    """Memories of one person that change with each teaching, in their order, and what has changed
    in the end: many lessons of one payee are one change."""

    _kept: dict[Place, Kept] = field(default_factory=dict)
    _by_entry: dict[str, Place] = field(default_factory=dict)
    _touched: dict[Place, None] = field(default_factory=dict)

    @classmethod
    def knowing(cls, kept: Iterable[Kept]) -> Pupil:
        """One who knows the memories of all payees that will be taught, and those that hold what
        will be taken back."""
        pupil = cls()
        for one in kept:
            pupil._kept[one.place] = one
            pupil._by_entry.update({lesson.entry_id: one.place for lesson in one.memory.lessons})
        return pupil

    def take(self, teaching: Teaching) -> None:
        if teaching.reverses:
            self._forget(teaching.reverses)
        if teaching.place is not None and teaching.lesson is not None:
            self._add(teaching.place, teaching.traits, teaching.lesson)

    def changed(self) -> Sequence[Kept]:
        return [self._kept[place] for place in self._touched if place in self._kept]

    def forgotten(self) -> Sequence[Place]:
        """Payees of whom no lesson is left."""
        return [place for place in self._touched if place not in self._kept]

    def _forget(self, entry_id: str) -> None:
        place = self._by_entry.pop(entry_id, None)
        if place is None:
            return
        kept = self._kept[place]
        left = tuple(lesson for lesson in kept.memory.lessons if lesson.entry_id != entry_id)
        self._touched[place] = None
        if left:
            self._kept[place] = replace(kept, memory=replace(kept.memory, lessons=left))
        else:
            del self._kept[place]

    def _add(self, place: Place, traits: tuple[str, ...], lesson: Lesson) -> None:
        kept = self._kept.get(place)
        before = kept.memory.lessons if kept else ()
        lessons = (*before, lesson)
        for faded in lessons[:-LESSONS_KEPT]:
            self._by_entry.pop(faded.entry_id, None)
        memory = PayeeMemory(place.key, place.inflow, traits, lessons[-LESSONS_KEPT:])
        self._kept[place] = Kept(memory, lesson.at)
        self._by_entry[lesson.entry_id] = place
        self._touched[place] = None
