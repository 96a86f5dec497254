"""Puts the agent into its pod."""

from __future__ import annotations

from collections.abc import Mapping

from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.egress.tunnel import Gateway
from fapi_runner.agent.main import run_agent
from fapi_runner.agent.options import Options
from fapi_runner.agent.pod.addresses import list_own_places
from fapi_runner.agent.pod.identity import Identity
from fapi_runner.agent.pod.secrecy import refuse_open_place
from fapi_runner.agent.pod.settings import SettingError, read_settings
from fapi_runner.agent.pod.site import Pod
from fapi_runner.agent.pod.tls import make_context, read_authority
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
    identity = Identity(read_authority(settings.tls))
    gateway = None if settings.egress is None else Gateway(*settings.egress, identity.show)
    never = [*options.egress_never, *list_own_places(settings.host, environment)]

    def find_site(folder: Folder) -> Site:
        try:
            return Pod(settings, context, identity, gateway)
        except OSError as error:
            message = f"A port of FAPI_POD_AGENT_PORT, _APP_PORT and _HEALTH_PORT cannot be had: {error.strerror}."
            raise SettingError(message) from error

    vault = None if settings.memory is None else settings.memory / OWN
    own = options._replace(egress_never=never, folder_room_mebibytes=settings.folder_mebibytes)
    return run_agent(settings.state / OWN, own, find_site, vault)
