"""One main.py becomes several files, and stays the same app."""

from __future__ import annotations

from pathlib import Path

import pytest
from converting import apply, convert
from rig import Rig

pytestmark = pytest.mark.anyio
SHOP = Path(__file__).parent / "apps" / "convert_shop" / "main.py"


async def test_moves_routes_models_and_what_they_share(rig: Rig) -> None:
    files = {"main.py": SHOP.read_bytes()}
    result = await convert(rig, files)
    assert "refused" not in result, result
