"""Puts the agent into its pod."""

from __future__ import annotations

from collections.abc import Mapping

from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.egress.tunnel import Gateway
from fapi_runner.agent.main import Options, run_agent
from fapi_runner.agent.pod.addresses import EVERY, list_own_places
from fapi_runner.agent.pod.secrecy import refuse_open_place
from fapi_runner.agent.pod.settings import SettingError, Settings, read_settings
from fapi_runner.agent.pod.site import Pod
from fapi_runner.agent.pod.tls import make_client_context, make_context
from fapi_runner.agent.site import Site

# Of a volume that is mounted for us the root may be another user's.
OWN = "agent"


def run_pod(environment: Mapping[str, str], options: Options) -> int:
    """Be the agent of this pod until it is told to end; raise SettingError, or FolderError."""
    settings = read_settings(environment)
    refuse_open_place("FAPI_POD_TLS_DIR", settings.tls, settings.state)
    if settings.memory is not None:
        refuse_open_place("FAPI_POD_MEMORY_DIR", settings.memory, settings.state)
    # Before any child is there, and before anything is written.
    context = make_context(settings.tls)
    gateway = _find_gateway(settings)
    never = [*options.egress_never, *list_own_places(settings.host, environment)]

    def find_site(folder: Folder) -> Site:
        try:
            return Pod(settings, context, gateway)
        except OSError as error:
            message = f"A port of FAPI_POD_AGENT_PORT, _APP_PORT and _HEALTH_PORT cannot be had: {error.strerror}."
            raise SettingError(message) from error

    vault = None if settings.memory is None else settings.memory / OWN
    return run_agent(settings.state / OWN, options._replace(egress_never=never), find_site, vault)


def _find_gateway(settings: Settings) -> Gateway | None:
    if settings.egress is None:
        return None
    # The gateway knows a pod by its address: it must not see another one of this machine.
    source = None if settings.host == EVERY else settings.host
    return Gateway(*settings.egress, source, make_client_context(settings.tls))
