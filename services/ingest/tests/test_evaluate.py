"""The measure itself, on receipts of our own; and, where they are, on public ones."""

import json
from pathlib import Path

import pytest

from ingest.evaluate import evaluate, main
from specimens import MERCHANTS, draw_receipt

PUBLIC_RECEIPTS = Path(__file__).parents[4] / "shared/data/receipts"


def test_our_own_receipts_are_all_read_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, shop in enumerate(MERCHANTS):
        # The truth of this measure is in hundredths.
        photo = draw_receipt(seed, merchant=shop.name)
        (tmp_path / f"{seed}.jpg").write_bytes(photo.data)
        truth = {
            "company": shop.name,
            "date": photo.receipt.date.isoformat(),
            "total": f"{photo.receipt.total // 100}.{photo.receipt.total % 100:02d}",
        }
        (tmp_path / f"{seed}.json").write_text(json.dumps(truth))
    assert main(tmp_path) == 0
    assert f"right    100.0 %  of {len(MERCHANTS)}" in capsys.readouterr().out


def test_an_empty_folder_is_no_measure(tmp_path: Path) -> None:
    assert main(tmp_path) == 1


@pytest.mark.skipif(not PUBLIC_RECEIPTS.is_dir(), reason="the public receipts are not here")
def test_public_receipts_are_read_at_least_as_well_as_before(tmp_path: Path) -> None:
    sample = sorted(PUBLIC_RECEIPTS.glob("*.jpg"))[::12]
    for picture in sample:
        (tmp_path / picture.name).symlink_to(picture)
        truth = picture.with_suffix(".json")
        (tmp_path / truth.name).symlink_to(truth)
    outcomes = evaluate(tmp_path)
    assert sum(outcome.total for outcome in outcomes) >= 0.8 * len(outcomes)
    assert sum(outcome.date for outcome in outcomes) >= 0.9 * len(outcomes)
