"""Events as JSON objects: every event there and back, and what is none refused in one line."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.codec import NAME, decode, encode
from qwq_cli.errors import BadInputError
from qwq_cli.events import Event, Loop, Noticed, Rewound, Switch, Thinking

EVENTS = st.one_of([st.from_type(kind) for kind in get_args(Event)])
LOOP = Loop("copies", 1, 2, 3, "rewound")


@given(EVENTS)
def test_there_and_back(event: Event) -> None:
    record = json.loads(json.dumps(encode(event), allow_nan=True))
    again = decode(record)
    assert type(again) is type(event)
    assert repr(again) == repr(event)  # nan is not equal to itself
    assert decode(record | {"something": "newer"}).__slots__ == event.__slots__


def test_what_it_is_about_stays_what_it_was() -> None:
    for about in (LOOP, Switch("zh", "en", 4, "answer"), None):
        assert decode(encode(Noticed("loop", "it circles", about))) == Noticed(
            "loop", "it circles", about
        )


def test_what_has_a_default_may_be_missing() -> None:
    assert decode({NAME: "thinking", "text": "Hm."}) == Thinking("Hm.")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (None, "no object"),
        ([], "no object"),
        ({}, "name of none"),
        ({NAME: ["thinking"]}, "name of none"),
        ({NAME: "loop"}, "name of none"),
        ({NAME: "thinking"}, "missing .*'text'"),
        ({NAME: "thinking", "text": 3}, "'text' is of another kind"),
        ({NAME: "thinking", "text": "Hm.", "tokens": True}, "'tokens' is of another kind"),
        ({NAME: "finished", "reason": "tired"}, "'reason' is of another kind"),
        (encode(Rewound(0, 0, LOOP, 4)) | {"loop": {"kind": 3}}, "'kind' is of another kind"),
        (encode(Rewound(0, 0, LOOP, 4)) | {"loop": {"x": 3}}, "'loop' is of another kind"),
    ],
)
def test_what_is_none(record: object, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        decode(record)
