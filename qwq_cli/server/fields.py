"""The fields of a request's JSON, each of the type that it should be. Knows no field's meaning.

What is missing and what is null are the same.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from qwq_cli.server.faults import RefusedError, refused
from qwq_cli.settings import KEYS


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


def read_object(data: bytes) -> "Fields":
    """A body; raises RefusedError for what is no JSON object, NaN and the like included."""
    try:
        found = json.loads(data.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise refused(f"the body is not UTF-8: {error}") from None
    except (ValueError, RecursionError) as error:
        raise refused(f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise refused("the body is no JSON object")
    return Fields(found)


class Fields:
    """An object's fields. `path` names it in errors, "" for the body itself."""

    def __init__(self, record: Mapping[str, Any], path: str = "") -> None:
        self._record = record
        self._path = path

    def __contains__(self, name: str) -> bool:
        return self._record.get(name) is not None

    def any(self, name: str) -> Any:  # noqa: ANN401 - that is what JSON holds
        """Whatever it is; None where it is missing."""
        return self._record.get(name)

    def wrong(self, name: str, rule: str) -> RefusedError:
        """The refusal of a field that breaks a rule."""
        return refused(f"{self._path}{name} {rule}", self._path + name)

    def flag(self, name: str, default: bool = False) -> bool:  # noqa: FBT001, FBT002 - as `get` has it
        """True or false."""
        value = self.any(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def text(self, name: str) -> str | None:
        """A text."""
        value = self.any(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "must be a text")
        return value

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number within bounds; 3.0 is one."""
        value = self.number(name, low, high)
        if value is None:
            return None
        if value != int(value):
            raise self.wrong(name, f"must be a whole number from {low} to {high}")
        return int(value)

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number within bounds."""
        value = self.any(name)
        if value is None:
            return None
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if not right or not low <= value <= high:
            raise self.wrong(name, f"must be a number from {low:g} to {high:.10g}")
        return float(value) if isinstance(value, float) else int(value)

    def setting(self, name: str, key: str | None = None) -> Any:  # noqa: ANN401 - of its own type
        """The value of one of our settings, by the rules that it has everywhere."""
        value = self.any(name)
        if value is None:
            return None
        rule = KEYS[key or name]
        try:
            if rule.kind is not str and isinstance(value, str):
                raise ValueError(rule.rule)  # noqa: TRY301 - as the rules themselves do
            return rule.checked(value)
        except ValueError:
            raise self.wrong(name, rule.rule.removeprefix(rule.name).strip()) from None

    def inner(self, name: str) -> "Fields":
        """An object in it; an empty one where it is missing."""
        value = self.any(name)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(name, "must be an object")
        return Fields(value or {}, f"{self._path}{name}.")

    def items(self, name: str) -> list[Any] | None:
        """A list."""
        value = self.any(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, "must be a list")
        return value
