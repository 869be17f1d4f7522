"""Law: learning in batches equals learning one by one."""

from datetime import timedelta

from ai_world import NOW
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.memory import LESSONS_KEPT, Lesson
from ai.domain.taxonomy import CategoryId
from ai.domain.teaching import Kept, Place, Pupil, Teaching

# A payee and a category, or the number of an entry to take back.
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["rewe", "lidl"]), st.booleans(), st.sampled_from("ab")),
        st.integers(0, 40),
    ),
    max_size=80,
)
Step = tuple[str, bool, str] | int


def teaching(number: int, step: Step) -> Teaching:
    if isinstance(step, int):
        return Teaching(f"e{step}")
    key, inflow, category = step
    lesson = Lesson(f"e{number}", CategoryId(category), NOW + timedelta(days=number))
    return Teaching("", Place(inflow, key), (key, category), lesson)


def kept_after(teachings: list[Teaching], sizes: list[int]) -> dict[Place, Kept]:
    """The stored memory after batches of these sizes, each read from and written to the store."""
    stored: dict[Place, Kept] = {}
    at = 0
    while at < len(teachings):
        size = sizes[at % len(sizes)]
        batch = teachings[at : at + size]
        pupil = Pupil.knowing(stored.values())
        for each in batch:
            pupil.take(each)
        stored |= {kept.place: kept for kept in pupil.changed()}
        for place in pupil.forgotten():
            stored.pop(place, None)
        at += size
    return stored


def counted(teachings: list[Teaching]) -> dict[Place, list[str]]:
    """The entries whose lessons are left, by pencil."""
    left: dict[Place, list[str]] = {}
    for each in teachings:
        for place, entries in list(left.items()):
            left[place] = [entry for entry in entries if entry != each.reverses]
        if each.place is not None and each.lesson is not None:
            entries = [*left.get(each.place, []), each.lesson.entry_id]
            left[each.place] = entries[-LESSONS_KEPT:]
    return {place: entries for place, entries in left.items() if entries}


@given(steps, st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_batches_of_any_size_come_to_what_one_by_one_comes_to(
    some: list[Step], sizes: list[int]
) -> None:
    teachings = [teaching(number, step) for number, step in enumerate(some)]
    one_by_one = kept_after(teachings, [1])
    assert kept_after(teachings, sizes) == one_by_one
    entries = {
        place: [lesson.entry_id for lesson in kept.memory.lessons]
        for place, kept in one_by_one.items()
    }
    assert entries == counted(teachings)


def test_a_payee_of_many_entries_is_one_change() -> None:
    pupil = Pupil.knowing([])
    for number in range(100):
        pupil.take(teaching(number, ("rewe", False, "a")))
    (kept,) = pupil.changed()
    assert [x.entry_id for x in kept.memory.lessons] == [f"e{n}" for n in range(76, 100)]


def test_what_is_taught_and_taken_back_together_leaves_nothing() -> None:
    pupil = Pupil.knowing([])
    pupil.take(teaching(0, ("rewe", False, "a")))
    pupil.take(Teaching("e0"))
    assert (list(pupil.changed()), list(pupil.forgotten())) == ([], [Place(False, "rewe")])
