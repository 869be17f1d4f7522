import importlib
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st

import pfa
from kit.grpc.texts import clean_texts
from kit.text import clean_line, clean_lines, without_invisible
from pfa.auth.v1 import auth_pb2
from pfa.common.v1 import text_pb2
from pfa.ledger.v1 import account_pb2

INVISIBLE = [
    *(chr(code) for code in range(32) if chr(code) not in "\t\n\r\x0b\x0c"),
    "\x7f",
    "\x80",
    "\x9f",
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "\ufeff",
    "\u200b",
]
DIRTY = "a\x00b\u202ec\nd\te"


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda c: f"U+{ord(c):04X}")
def test_invisible_characters_are_removed(character):
    assert clean_line(f"Ca{character}fé") == "Café"
    assert clean_lines(f"Ca{character}fé") == "Café"


def test_a_line_has_spaces_for_tabs_and_line_breaks():
    assert clean_line("one\r\ntwo\tthree\u2028four") == "one two three four"


def test_several_lines_keep_their_breaks_and_tabs():
    assert clean_lines("one\r\ntwo\rthree\u2029four\tfive") == "one\ntwo\nthree\nfour\tfive"


@pytest.mark.parametrize("text", ["", "Zürich", "می‌خواهم", "👩‍👩‍👧", "日本 語", "a\u00a0b"])
def test_text_that_people_write_stays(text):
    assert clean_line(text) == text


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    for clean in (clean_line, clean_lines, without_invisible):
        assert clean(clean(text)) == clean(text)


@given(st.text())
def test_a_clean_line_has_no_control_character(text):
    assert all(c.isprintable() or ord(c) >= 0xA0 for c in clean_line(text))


def _requests():
    """The request message of every method of every service in the contracts."""
    package = Path(next(iter(pfa.__path__)))
    for path in sorted(package.rglob("*_pb2.py")):
        name = ".".join(("pfa", *path.relative_to(package).with_suffix("").parts))
        for service in importlib.import_module(name).DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield method.input_type


REQUESTS = {request.full_name: request for request in _requests()}


def _fill(message, depth=4):
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.type == FieldDescriptor.TYPE_STRING:
            if field.is_repeated:
                value.append(DIRTY)
            else:
                setattr(message, field.name, DIRTY)
        elif field.type == FieldDescriptor.TYPE_MESSAGE and depth:
            if field.is_repeated and not field.message_type.GetOptions().map_entry:
                _fill(value.add(), depth - 1)
            elif not field.is_repeated:
                value.SetInParent()
                _fill(value, depth - 1)


def _texts(message, path=""):
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for each in values:
            if field.type == FieldDescriptor.TYPE_STRING:
                yield f"{path}{field.name}", field, each
            elif field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _texts(each, f"{path}{field.name}.")


def test_the_contracts_were_found():
    assert len(REQUESTS) > 100


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_every_text_of_a_request_is_cleaned_as_its_contract_declares(name):
    kind = descriptor_pool.Default().FindMessageTypeByName(name)
    message = message_factory.GetMessageClass(kind)()
    _fill(message)
    clean_texts(message)
    forms = {
        text_pb2.TEXT_FORM_UNSPECIFIED: "abc d e",
        text_pb2.TEXT_FORM_LINES: "abc\nd\te",
        text_pb2.TEXT_FORM_OPAQUE: DIRTY,
    }
    for path, field, text in _texts(message):
        assert text == forms[field.GetOptions().Extensions[text_pb2.text_form]], path


def test_only_secrets_are_opaque():
    opaque = {
        field.name
        for request in REQUESTS.values()
        for field in request.fields
        if field.GetOptions().Extensions[text_pb2.text_form] == text_pb2.TEXT_FORM_OPAQUE
    }
    assert opaque == {"password", "refresh_token"}


def test_absent_fields_stay_absent():
    request = account_pb2.Account(name="Giro")
    before = request.SerializeToString()
    clean_texts(request)
    assert request.SerializeToString() == before


def test_a_password_is_what_the_person_typed():
    request = auth_pb2.LoginRequest(email="a\x00da@example.com", password="\u200etab\there")
    clean_texts(request)
    assert (request.email, request.password) == ("ada@example.com", "\u200etab\there")
