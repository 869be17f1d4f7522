"""The plane projection that takes four corners to four others, in the form of Pillow's PERSPECTIVE.

(x, y) → ((a·x + b·y + c) / (g·x + h·y + 1), (d·x + e·y + f) / (g·x + h·y + 1))
"""

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
Coefficients = tuple[float, ...]


def coefficients(source: Quad, target: Quad) -> Coefficients:
    """The eight numbers a … h that map every corner of `source` onto its one of `target`."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return tuple(_solved(rows))


def map_point(by: Coefficients, point: Point) -> Point:
    a, b, c, d, e, f, g, h = by
    x, y = point
    depth = g * x + h * y + 1
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _solved(rows: list[list[float]]) -> list[float]:
    """Gauss-Jordan with partial pivoting on an augmented matrix."""
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [value / scale for value in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [
                    value - factor * lead
                    for value, lead in zip(rows[row], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]
