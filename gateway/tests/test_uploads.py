"""What may be passed on to ingest, by name and type."""

import pytest

from gateway.uploads import is_taken

ALLOWED = ("image/jpeg", "image/png", "application/x-ofx", "text/csv")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.JPG", ""),
        ("bank.ofx", "application/octet-stream"),
        ("bank.qfx", "application/vnd.intu.qfx"),
        ("bank.csv", "application/vnd.ms-excel"),
        ("no ending", "application/octet-stream"),
        ("statement.txt", "text/plain"),
    ],
)
def test_what_may_be_of_a_taken_kind_is_passed_on(name, media_type):
    assert is_taken(name, media_type, ALLOWED)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.zip", "application/zip"), ("a.html", "text/html"), ("a.exe", "application/x-msdownload")],
)
def test_what_says_that_it_is_something_else_is_refused(name, media_type):
    assert not is_taken(name, media_type, ALLOWED)
    assert is_taken(name, media_type, ())


def test_endings_may_be_listed_too():
    assert is_taken("a.jpg", "image/jpg", ("jpeg",))
    assert not is_taken("a.png", "image/png", ("jpeg",))
