"""The agent of a pod: one app for ever, served over TCP by whoever commands it over mutual TLS."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import make_state
from client import Refused
from pods import HOST, Pod, make_authority
from rig import PACKAGE, delete_state, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workbench(anyio_backend: str) -> AsyncIterator[Pod]:
    state = make_state()
    pod = await Pod.start(state, FAPI_POD_ROLE="workbench")
    yield pod
    await pod.close()
    delete_state(state)


async def test_it_says_its_ports_and_serves_one_app_over_tcp(pod: Pod) -> None:
    assert pod.ready["ready"] is True
    assert set(pod.ready["ports"]) == {"agent", "app", "health"}
    assert pod.client.hello["agentId"] == pod.ready["agentId"]
    await pod.deploy(hello("here"))
    answer = await pod.get()
    assert (answer.status_code, answer.json()) == (200, "here")
    await pod.deploy(hello("there"))
    assert (await pod.get()).json() == "there"


async def test_a_folder_may_hold_no_more_than_its_pod_has_room_for(anyio_backend: str) -> None:
    state = make_state()
    pod = await Pod.start(state, FAPI_POD_FOLDER_MIB="16")
    await pod.deploy(read_case("limited"), limits={"folderMiB": 64})
    await pod.get("/fill/40")
    await until(lambda: any("allowed are 16 MiB in 20000." in line["text"] for line in pod.client.lines("app")), 40)
    await pod.close()
    delete_state(state)


async def test_nobody_listens_before_there_is_an_app_and_after_it_was_removed(pod: Pod) -> None:
    async def connect() -> None:
        _, writer = await asyncio.open_connection(HOST, pod.ready["ports"]["app"])
        writer.close()

    with pytest.raises(ConnectionRefusedError):
        await connect()
    await pod.deploy(hello("one"))
    await connect()
    await pod.client.call("remove", appId="app", generation=next(pod.generations))
    with pytest.raises(ConnectionRefusedError):
        await connect()
    await pod.deploy(hello("two"))
    assert (await pod.get()).json() == "two"


@pytest.mark.parametrize("method", ["prepare", "activate", "stop", "remove", "status", "metrics", "wake", "policy"])
async def test_a_second_app_is_refused_whatever_is_asked_for_it(pod: Pod, method: str) -> None:
    key = await pod.deploy(hello("first"))
    params = {"appId": "second", "host": "second.localhost", "generation": 9, "digest": key["digest"]}
    with pytest.raises(Refused, match=r"pod_taken.*app app for ever"):
        await pod.client.call(method, **params, envVersion=1, environment={}, deadlineMs=1000)
    assert (await pod.client.call("apps"))["appIds"] == ["app"]
    assert (await pod.get()).json() == "first"


async def test_it_stays_taken_once_the_app_was_removed_and_in_the_next_container(pod: Pod) -> None:
    await pod.deploy(hello("first"))
    await pod.client.call("remove", appId="app", generation=next(pod.generations))
    for _ in range(2):
        with pytest.raises(Refused, match="pod_taken"):
            await pod.prepare(hello("second"), "second")
        await pod.kill()
        await pod.boot()


async def test_a_prepare_that_cannot_be_and_one_of_an_overtaken_controller_take_nothing(pod: Pod) -> None:
    unknown = {"host": "x", "generation": 1, "digest": "0" * 64, "envVersion": 1, "environment": {}, "deadlineMs": 1000}
    with pytest.raises(Refused, match="unknown_revision"):
        await pod.client.call("prepare", appId="other", **unknown)
    digest = await pod.put(hello("late"))
    newer = await pod.connect("controller", epoch=2)
    with pytest.raises(Refused, match="stale_epoch"):
        await pod.client.call("prepare", appId="other", **unknown | {"digest": digest})
    await pod.client.close()
    pod.client = newer
    await pod.deploy(hello("here"))
    assert (await pod.get()).json() == "here"


async def test_a_failed_prepare_has_taken_it(pod: Pod) -> None:
    with pytest.raises(Refused, match="failed"):
        await pod.prepare({"main.py": "raise RuntimeError('its code was here')\n"})
    with pytest.raises(Refused, match="pod_taken"):
        await pod.prepare(hello("second"), "second")


async def test_a_runner_makes_no_trials_yet_validates(pod: Pod) -> None:
    digest = await pod.put(hello("x"))
    draft = {"appId": "app", "host": "h", "session": "s", "sequence": 1, "envVersion": 1, "environment": {}}
    with pytest.raises(Refused, match=r"bad_request.*'draft' is for a workbench"):
        await pod.client.call("draft", digest=digest, deadlineMs=1000, **draft)
    with pytest.raises(Refused, match=r"bad_request.*'language' is for a workbench"):
        await pod.client.call("language", appId="app", digest=digest)
    with pytest.raises(Refused, match=r"bad_request.*'test' is for a workbench"):
        await pod.client.call("test", digest=digest, deadlineMs=1000)
    assert (await pod.client.call("validate", digest=digest))["findings"] == []


async def test_a_workbench_drafts_tests_and_validates_any_app_and_serves_none(workbench: Pod) -> None:
    digest = await workbench.put(hello("x"))
    given = {"host": "h", "digest": digest, "envVersion": 1, "environment": {}, "deadlineMs": 10_000}
    for app_id in ("one", "two"):
        drafted = await workbench.client.call("draft", appId=app_id, session="s", sequence=1, **given)
        assert [route["path"] for route in drafted["routes"]] == ["/"]
        assert drafted["openapi"]["paths"].keys() == {"/"}
        with pytest.raises(Refused, match=r"bad_request.*'prepare' is for a runner"):
            await workbench.client.call("prepare", appId=app_id, generation=1, **given)
        with pytest.raises(Refused, match=r"bad_request.*'activate' is for a runner"):
            await workbench.client.call("activate", appId=app_id, generation=1, digest=digest)
    tested = await workbench.client.call("test", digest=digest, deadlineMs=10_000)
    assert [finding["code"] for finding in tested["findings"]] == ["TST006"]
    assert (await workbench.client.call("validate", digest=digest))["findings"] == []
    await until(lambda: workbench.health("/readyz"))
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, workbench.ready["ports"]["app"])


async def test_the_next_container_serves_the_app_without_being_told(pod: Pod) -> None:
    key = await pod.deploy(hello("kept"), environment={"VARIABLE": "value"})
    former = pod.ready
    await pod.kill()
    # No controller connects before it was asked.
    await pod.spawn()
    await pod.read_ready()
    assert pod.ready["agentId"] != former["agentId"]

    async def is_ready() -> bool:
        return await pod.health("/readyz") == 200

    await until(is_ready)
    assert (await pod.get()).json() == "kept"
    assert (await pod.get()).headers["x-fapi-revision"] == key["digest"]
    pod.client = await pod.connect("controller", epoch=1)
    assert (await pod.app())["active"]["generation"] == key["generation"]


async def test_an_environment_is_written_to_the_volume_in_memory_alone(pod: Pod) -> None:
    await pod.deploy(hello("kept"), environment={"VARIABLE": "a-very-plain-secret"})
    memory = pod.state / "memory" / "agent"
    await until(lambda: list(memory.iterdir()) == [memory / "state.json"])  # with nothing beside it on its way there
    files = [path for path in pod.state.rglob("*") if path.is_file() and b"plain-secret" in path.read_bytes()]
    assert files == [memory / "state.json"]
    assert [path.stat().st_mode & 0o777 for path in (files[0], files[0].parent)] == [0o600, 0o700]


async def test_it_does_not_end_without_a_controller_and_leaves_nobody_behind(pod: Pod) -> None:
    await pod.deploy(hello("alone"))
    child = (await pod.app())["active"]["pid"]
    await pod.client.close()
    assert (await pod.get()).json() == "alone"
    await pod.kill()
    await until(lambda: not is_alive(child))
    await pod.boot()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FAPI_POD_AGENT_PORT", "x", "FAPI_POD_AGENT_PORT must be a port"),
        ("FAPI_POD_APP_PORT", "65536", "FAPI_POD_APP_PORT must be a port"),
        ("FAPI_POD_HEALTH_PORT", "-1", "FAPI_POD_HEALTH_PORT must be a port"),
        ("FAPI_POD_HOST", "localhost", "FAPI_POD_HOST must be an IPv4 address"),
        ("FAPI_POD_HOST", "203.0.113.1", "cannot be had"),
        ("FAPI_POD_ROLE", "server", "FAPI_POD_ROLE must be one of runner, workbench"),
        ("FAPI_POD_FOLDER_MIB", "0", "FAPI_POD_FOLDER_MIB must be a whole number"),
        ("FAPI_POD_GRACE_S", "0", "FAPI_POD_GRACE_S must be a whole number"),
        ("FAPI_POD_TLS_DIR", "/nowhere", "No such file"),
        ("FAPI_POD_TLS_DIR", "mixed", "of one another"),
        ("FAPI_POD_TLS_DIR", str(PACKAGE / "fapi_runner"), "where apps may read"),
        ("FAPI_POD_TLS_DIR", "state", "where apps may read"),
        ("FAPI_POD_MEMORY_DIR", "state", "where apps may read"),
    ],
)
def test_a_wrong_setting_ends_it_with_a_sentence(tmp_path: Path, variable: str, value: str, said: str) -> None:
    tls = tmp_path / "tls"
    shutil.copytree(make_authority() / "agent", tls)
    shutil.copytree(tls, tmp_path / "mixed")
    (tmp_path / "mixed" / "tls.key").unlink()
    shutil.copy(make_authority() / "controller" / "tls.key", tmp_path / "mixed")
    environment = {"PYTHONPATH": str(PACKAGE), "FAPI_POD_HOST": HOST, "FAPI_POD_TLS_DIR": str(tls)}
    environment |= {f"FAPI_POD_{name}_PORT": "0" for name in ("AGENT", "APP", "HEALTH")}
    environment |= {"FAPI_POD_STATE_DIR": str(tmp_path / "state")}
    environment[variable] = str(tmp_path / value) if variable.endswith("_DIR") else value
    command = [sys.executable, "-m", "fapi_runner", "pod"]
    ended = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
