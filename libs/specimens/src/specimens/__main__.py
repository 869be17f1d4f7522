"""`python -m specimens FOLDER` writes a set of documents to look at."""

import sys
from pathlib import Path

from specimens import (
    CSV_DIALECTS,
    MERCHANTS,
    csv_export,
    draw_receipt,
    make_statement,
    ofx_sgml,
    ofx_with_broken_amount,
    ofx_xml,
    png_bomb,
    truncated_jpeg,
)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, shop in enumerate(MERCHANTS):
        photo = draw_receipt(number, merchant=shop.name)
        (folder / f"receipt-{number}.jpg").write_bytes(photo.data)
    statement = make_statement(1)
    (folder / "statement-1x.ofx").write_bytes(ofx_sgml(statement))
    (folder / "statement-2x.ofx").write_bytes(ofx_xml(statement))
    for dialect in CSV_DIALECTS.values():
        (folder / f"export-{dialect.name}.csv").write_bytes(csv_export(statement, dialect))
    for broken in (truncated_jpeg(), png_bomb(), ofx_with_broken_amount()):
        (folder / f"broken-{broken.name}").write_bytes(broken.data)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "specimens-out"))
