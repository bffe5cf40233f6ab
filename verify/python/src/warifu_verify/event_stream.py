"""Owns the reading of server-sent events (HTML Living Standard section 9.2.6), cut into pieces anywhere."""

from __future__ import annotations

import re
from typing import NamedTuple

#: More than this in one event is no event of ours.
_LONGEST = 8 * 1024 * 1024
_LINE_END = re.compile(r"\r\n|\n|\r")


class StreamEvent(NamedTuple):
    event: str
    data: str


class EventStreamParser:
    def __init__(self) -> None:
        self._rest = ""
        self._event = ""
        self._data: list[str] = []
        self._length = 0
        self._is_first = True
        # A line that ended with CR, whose LF may come with the next piece.
        self._may_follow_lf = False

    def push(self, piece: str) -> list[StreamEvent]:
        """The events that are whole now. Raises ValueError for one that is too long."""
        text = piece
        if self._is_first and text:
            self._is_first = False
            text = text.removeprefix("\ufeff")
        if self._may_follow_lf and text:
            self._may_follow_lf = False
            text = text.removeprefix("\n")
        if text:
            self._may_follow_lf = text.endswith("\r")
        *lines, self._rest = _LINE_END.split(self._rest + text)
        events = [event for event in map(self._line, lines) if event]
        if self._length + len(self._rest) > _LONGEST:
            raise ValueError("An event of the feed is too long.")
        return events

    def _line(self, line: str) -> StreamEvent | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            return None
        self._length += len(line)
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._event = value
        elif field == "data":
            self._data.append(value)
        return None

    def _dispatch(self) -> StreamEvent | None:
        event = StreamEvent(self._event or "message", "\n".join(self._data)) if self._data else None
        self._event, self._data, self._length = "", [], 0
        return event
