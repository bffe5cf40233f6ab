"""Owns the facts of the feed in memory: a million in under 64 MB, each found in constant time."""

from __future__ import annotations

from array import array

_SHARDS = 64
_FIRST_PLACES = 64
_MOST_FILLED = 0.75
#: An expiry is kept in 32 bits, and never before its time.
_LATEST = 0xFFFFFFFF


class _Shard:
    """Open addressing with linear probing. A place whose position is 0 is empty."""

    __slots__ = ("expiries", "mask", "positions", "prints", "size")

    def __init__(self, places: int) -> None:
        self.mask = places - 1
        self.prints = array("Q", bytes(8 * places))
        self.positions = array("Q", bytes(8 * places))
        self.expiries = array("L" if array("L").itemsize == 4 else "I", bytes(4 * places))
        self.size = 0

    def place_of(self, fingerprint: int) -> int:
        positions, prints, mask = self.positions, self.prints, self.mask
        place = (fingerprint >> 6) & mask
        while positions[place] and prints[place] != fingerprint:
            place = (place + 1) & mask
        return place

    def write(self, fingerprint: int, position: int, expires: int) -> None:
        place = self.place_of(fingerprint)
        if not self.positions[place]:
            self.size += 1
            self.prints[place] = fingerprint
        self.expiries[place] = max(self.expiries[place], min(expires, _LATEST))
        # Last: whoever reads meanwhile finds the place empty, or all of it.
        self.positions[place] = max(self.positions[place], position)

    def rewritten(self, now: float) -> _Shard:
        """A copy with the facts that still matter, and room for more."""
        alive = [place for place, position in enumerate(self.positions) if position and self.expiries[place] > now]
        places = _FIRST_PLACES
        while len(alive) + 1 > places * _MOST_FILLED:
            places *= 2
        shard = _Shard(places)
        for place in alive:
            shard.write(self.prints[place], self.positions[place], self.expiries[place])
        return shard


class RevocationTable:
    """One thread writes; any number may read meanwhile."""

    def __init__(self) -> None:
        self._shards = [_Shard(_FIRST_PLACES) for _ in range(_SHARDS)]

    def __len__(self) -> int:
        """How many facts there are, those that have expired and weren't dropped yet among them."""
        return sum(shard.size for shard in self._shards)

    @property
    def memory(self) -> int:
        """Bytes."""
        return sum(20 * (shard.mask + 1) for shard in self._shards)

    def add(self, fingerprint: int, position: int, expires: int, now: float) -> None:
        """Keeps a fact; of one that is there already the greatest position and the latest expiry count."""
        shard = self._shards[fingerprint % _SHARDS]
        if shard.size + 1 > (shard.mask + 1) * _MOST_FILLED:
            shard = shard.rewritten(now)
            self._shards[fingerprint % _SHARDS] = shard
        shard.write(fingerprint, position, expires)

    def position_of(self, fingerprint: int) -> int:
        """Where in the feed a fact last came about; 0 when it isn't there."""
        shard = self._shards[fingerprint % _SHARDS]
        return shard.positions[shard.place_of(fingerprint)]

    def sweep(self, turn: int, now: float) -> None:
        """Drops the facts that concern no living token, a part of the table at a time: ``turn`` says which."""
        at = turn % _SHARDS
        self._shards[at] = self._shards[at].rewritten(now)
