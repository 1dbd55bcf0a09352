"""Lighthouse on the main pages. It is no dependency: npm puts it into a folder that goes with the run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench import people
from tests.bench.pages import places
from tests.bench.say import say
from tests.bench.server import Data, Server

PAGES = ("home", "article", "article_uk", "sign_in", "tickets", "ticket", "guest")
RUNS = 5  # the median of them: its makers' advice, one run says little
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
)


def measure(data: Data, where: Path, chromium: str) -> dict[str, Any]:
    """Mobile scores: performance, accessibility, best practices, SEO."""
    tools = where / "lighthouse"
    tools.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "CHROME_PATH": chromium}
    npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", "lighthouse@12"]
    subprocess.run(npm, cwd=tools, env=environment, check=True, stdout=subprocess.DEVNULL)
    cast = people.cast(data)
    found: dict[str, Any] = {}
    with Server(data) as server:
        for name in PAGES:
            address, cookies = places(cast)[name]
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())} if cookies else {}
            command = [
                tools / "node_modules/.bin/lighthouse",
                server.url + address,
                "--quiet",
                "--output=json",
            ]
            command += [f"--chrome-flags={FLAGS}", f"--extra-headers={json.dumps(headers)}"]
            runs = [
                json.loads(
                    subprocess.run(
                        command, env=environment, check=True, capture_output=True, cwd=tools
                    ).stdout
                )
                for _ in range(RUNS)
            ]
            report = sorted(runs, key=lambda run: run["categories"]["performance"]["score"])[RUNS // 2]
            found[name] = {k: round(100 * v["score"]) for k, v in report["categories"].items()}
            weak = [
                a["id"] for a in report["audits"].values() if a.get("score") is not None and a["score"] < 0.9
            ]
            found[name]["below_90"] = weak
            say(f"lighthouse {name}: {found[name]}")
    return found
