"""Tests what is remembered of the feed: a million facts in little memory, the latest of each, and none for ever."""

from __future__ import annotations

import random

from warifu_verify.revocation_table import RevocationTable


def test_a_million_facts_fit_in_64_megabytes_and_each_is_found() -> None:
    table, prints = RevocationTable(), random.Random(1)
    some = []
    for position in range(1, 1_000_001):
        fingerprint = prints.getrandbits(64)
        table.add(fingerprint, position, 2_000_000_000, 0)
        if position % 1000 == 0:
            some.append((fingerprint, position))
    assert len(table) == 1_000_000
    assert table.memory < 64 * 1024 * 1024
    assert all(table.position_of(fingerprint) == position for fingerprint, position in some)
    assert table.position_of(prints.getrandbits(64)) == 0


def test_it_agrees_with_a_dictionary_after_any_sequence_of_facts() -> None:
    chance = random.Random(2)
    for _ in range(200):
        table, model = RevocationTable(), dict[int, tuple[int, int]]()
        names = [chance.getrandbits(64) & ~0xFFFFFF | chance.randrange(4) * 64 for _ in range(40)]
        for _ in range(chance.randrange(300)):
            name, position, expires = chance.choice(names), chance.randrange(1, 100), chance.randrange(50, 100)
            table.add(name, position, expires, 0)
            before = model.get(name, (0, 0))
            model[name] = (max(before[0], position), max(before[1], expires))
        assert {name: table.position_of(name) for name in names} == {name: model.get(name, (0, 0))[0] for name in names}
        for turn in range(64):
            table.sweep(turn, 75)
        alive = {name: position for name, (position, expires) in model.items() if expires > 75}
        assert {name: table.position_of(name) for name in names if table.position_of(name)} == alive
        assert len(table) == len(alive)
