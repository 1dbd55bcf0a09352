"""What a platform sets for every program that it runs changes nothing of what Reflex keeps where."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ASKED = """
from ticket_portal.frontend import environment
environment.prepare_to_serve()
from reflex.istate.manager import StateManager
from reflex.utils.token_manager import TokenManager
print(type(TokenManager.create()).__name__, type(StateManager.create()).__name__)
"""


def test_a_redis_of_the_platform_is_not_reflexes() -> None:
    """It would keep sockets and states there as pickles: who can write there runs code here."""
    platform = {"REFLEX_REDIS_URL": "redis://127.0.0.1:1", "REFLEX_STATE_MANAGER_MODE": "redis"}
    found = subprocess.run(
        [sys.executable, "-c", _ASKED],
        cwd=ROOT, env=os.environ | platform, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert found.stdout.split()[-2:] == ["LocalTokenManager", "StateManagerMemory"]
