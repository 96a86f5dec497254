"""An agent whose apps are granted the places beside it."""

from __future__ import annotations

from typing import Any

from client import Json
from places import Names, Place, find_own_address
from rig import Rig, read_case

OWN = find_own_address() or ""


class Town:
    """An agent with names of its own, and the places that its apps may be granted."""

    def __init__(self, rig: Rig, names: Names | None, echo: Place, page: Place) -> None:
        self.rig, self.names, self.echo, self.page = rig, names, echo, page

    async def deploy(self, *grants: tuple[str, int], app_id: str = "reach", **changed: Any) -> Json:
        egress = [{"host": host, "port": port} for host, port in grants]
        return await self.rig.deploy(read_case("reach"), app_id, egress=egress, **changed)

    async def ask(self, way: str, host: str, port: int, app_id: str = "reach", **more: Any) -> Any:
        async with self.rig.http(app_id) as http:
            params = {"host": host, "port": port, **more}
            return (await http.get(f"/{way}", params=params, timeout=30)).json()

    def list_said(self, app_id: str = "reach") -> list[str]:
        return [line["text"] for line in self.rig.client.lines(app_id) if line["stream"] == "system"]
