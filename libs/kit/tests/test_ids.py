import time
from uuid import UUID

from kit.ids import is_id, new_id


def test_ids_are_of_version_7_and_sort_in_the_order_of_their_making():
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert all(is_id(id_) for id_ in ids)
    assert {(UUID(id_).version, UUID(id_).variant) for id_ in ids} == {(7, UUID(ids[0]).variant)}


def test_the_time_in_an_id_is_the_clocks_however_many_are_made():
    for _ in range(20_000):
        last = new_id()
    assert abs((UUID(last).int >> 80) / 1000 - time.time()) < 0.5
