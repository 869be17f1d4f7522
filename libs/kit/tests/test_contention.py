"""Work that loses against others is run again, for a bounded time."""

import asyncio

import pytest

from kit.contention import until_won


class Lost(Exception):
    pass


def lost(error: Exception) -> bool:
    return isinstance(error, Lost)


async def test_everyone_wins_in_the_end():
    version = 0

    async def increase() -> int:
        nonlocal version
        seen = version
        await asyncio.sleep(0)
        if version != seen:
            raise Lost
        version += 1
        return version

    won = await asyncio.gather(*(until_won(increase, lost=lost) for _ in range(24)))
    assert sorted(won) == list(range(1, 25))


async def test_what_is_no_loss_is_raised_at_once():
    runs = 0

    async def fail() -> None:
        nonlocal runs
        runs += 1
        raise ValueError

    with pytest.raises(ValueError):
        await until_won(fail, lost=lost)
    assert runs == 1


async def test_who_never_wins_is_told_so():
    runs = 0

    async def lose() -> None:
        nonlocal runs
        runs += 1
        raise Lost

    with pytest.raises(Lost):
        await until_won(lose, lost=lost, seconds=0.05)
    assert runs > 1
