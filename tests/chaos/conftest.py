"""Worlds for the chaos tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .delivery_world import World


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    world = World(tmp_path)
    try:
        world.start()
        yield world
    finally:
        world.stop()
