"""The shipped n-gram model belongs to the shipped lists; `make model` makes it again."""

import pytest
from ai_world import lexicon, suggester
from model_figures import PREDICTIONS, predictions, readme_table, stored, table_in_readme
from model_samples import make_samples

from ai import shipped


def test_the_model_was_fitted_on_the_lists_as_they_are():
    """It fails after a change of the lists, or of how payees are read: run `make model`."""
    assert make_samples(lexicon(), shipped.lexicon_entries()).digest == stored().inputs


def test_the_digest_covers_the_lists_and_the_fit(monkeypatch):
    entries = shipped.lexicon_entries()
    samples = make_samples(lexicon(), entries)
    monkeypatch.setitem(entries.words, "quuxatrony", "pets")
    assert make_samples(lexicon(), entries).digest != samples.digest


def test_the_model_predicts_what_it_did_when_it_was_fitted():
    """Sums in another order may move the last digit, and nothing else."""
    head, *then = PREDICTIONS.read_text("utf-8").splitlines()
    assert len(then) >= 50
    for before, now in zip(then, predictions(lexicon(), shipped.ngrams())[1:], strict=True):
        name, leaf, confidence = before.split("\t")
        now_name, now_leaf, now_confidence = now.split("\t")
        assert (now_name, now_leaf) == (name, leaf)
        assert float(now_confidence) == pytest.approx(float(confidence), abs=0.02)
    assert any(line.split("\t")[1] != "-" for line in then)
    assert head.startswith("#")


def test_the_readme_has_the_figures_of_this_model():
    assert table_in_readme() == readme_table(suggester(), stored().held_out)
