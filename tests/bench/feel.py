"""What fingers notice when every answer of the server comes 300 ms late: typing, and the click on Send."""

import asyncio
import threading
from contextlib import suppress
from typing import Any, Self

from playwright.sync_api import Browser, Page

from tests.bench import people
from tests.bench.browser import visit
from tests.bench.say import in_ms, say
from tests.bench.server import Data, Server

DELAY_SECONDS = 0.3

_TYPING = """() => {
  window.benchTyped = [];
  const field = document.querySelector('#reply');
  field.addEventListener('keydown', () => { window.benchKey = performance.now(); });
  field.addEventListener('input', () => {
    const begun = window.benchKey;
    requestAnimationFrame(() => setTimeout(() => window.benchTyped.push(performance.now() - begun)));
  });
}"""
_SENDING = """() => {
  window.benchSent = [];
  document.addEventListener('click', (event) => {
    if (!event.target.closest('button[type=submit]')) return;
    const begun = event.timeStamp;
    const before = document.querySelectorAll('[data-testid=message]').length;
    const look = () => {
      if (document.querySelectorAll('[data-testid=message]').length === before) return requestAnimationFrame(look);
      setTimeout(() => window.benchSent.push(performance.now() - begun));
    };
    requestAnimationFrame(look);
  }, true);
}"""


def measure(data: Data, browser: Browser, rounds: int) -> dict[str, Any]:
    """Key to its letter's frame, and click on Send to the message's frame, in milliseconds."""
    cast = people.cast(data)
    with SlowLine(data.port, DELAY_SECONDS) as line, Server(data, base_url=line.url):
        context = visit(browser, line.url, cast.customer)
        page = context.new_page()
        page.goto(f"/tickets/{cast.number}")
        page.wait_for_selector("[data-testid=connection-status][data-state=live]", state="attached")
        page.get_by_role("textbox", name="Your reply").wait_for()
        page.evaluate(_TYPING)
        page.evaluate(_SENDING)
        for number in range(rounds):
            _send(page, f"A quick line {number}.")
        found = {
            "server_delay_ms": DELAY_SECONDS * 1000,
            "key_to_letter": in_ms([ms / 1000 for ms in page.evaluate("() => window.benchTyped")]),
            "click_to_message": in_ms([ms / 1000 for ms in page.evaluate("() => window.benchSent")]),
        }
        context.close()
    say(f"feel: {found}")
    return found


def _send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your reply").press_sequentially(text, delay=20)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_test_id("message").filter(has_text=text).wait_for()
    page.wait_for_timeout(700)


class SlowLine:
    """A line to a port of this machine on which everything from the server comes later."""

    def __init__(self, port: int, seconds: float) -> None:
        """Nothing is open before `with`."""
        self._port, self._seconds = port, seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        opened = asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(opened, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _end(self) -> None:
        self._server.close()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    async def _carry(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", self._port)
        with suppress(OSError):
            await asyncio.gather(self._pass_on(near, to_far, 0), self._pass_on(far, to_near, self._seconds))

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, wait: float) -> None:
        while data := await source.read(65_536):
            asyncio.get_running_loop().call_later(wait, sink.write, data)
        await asyncio.sleep(wait)
        sink.close()
