"""Fields that all servers' events share."""

import pytest

from qwq_cli.engines.openai.terms import count_of


@pytest.mark.parametrize(
    ("told", "count"),
    [
        (0, 0),
        (3.0, 3),
        (1 << 24, 1 << 24),
        (True, None),
        ("3", None),
        (-1, None),
        (10**400, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_what_can_be_no_count_is_none(told: object, count: int | None) -> None:
    assert count_of(told) == count
