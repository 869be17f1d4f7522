import logging

from kit.logging import Seldom


def record(name, message, created):
    made = logging.LogRecord(name, logging.ERROR, "f.py", 1, message, ("x",), None)
    made.created = created
    return made


def test_what_a_library_repeats_is_told_once_a_second():
    seldom = Seldom("aiokafka")
    told = [
        (name, message, at)
        for name, message, at in [
            ("aiokafka.client", "away: %s", 0.0),
            ("aiokafka.client", "away: %s", 0.9),
            ("aiokafka.client", "back: %s", 0.9),
            ("aiokafka.producer", "away: %s", 0.9),
            ("kit.relay", "away: %s", 0.9),
            ("kit.relay", "away: %s", 0.95),
            ("aiokafka.client", "away: %s", 1.0),
            ("aiokafka.client", "away: %s", 1.9),
        ]
        if seldom.filter(record(name, message, at))
    ]
    assert [(name, at) for name, _, at in told] == [
        ("aiokafka.client", 0.0),
        ("aiokafka.client", 0.9),
        ("aiokafka.producer", 0.9),
        ("kit.relay", 0.9),
        ("kit.relay", 0.95),
        ("aiokafka.client", 1.0),
    ]
