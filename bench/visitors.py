"""Visitors of a running app without a browser: each speaks the app's own protocol over a WebSocket, so thirty fit on one machine.

A visitor asks for a rerun, as a browser does for every click, and waits for the end of the script.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

WIDEST = 2**28  # bytes of one message: none of ours comes near


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one run of the script sent: seconds it took, bytes sent, the charts' bytes by chart, whether the script failed."""

    seconds: float
    sent: int
    charts: Mapping[str, int]
    failed: bool


@dataclass
class Visitor:
    """One session. `filters`: the options of each filter on the page, by its id."""

    socket: websockets.ClientConnection
    query: str = ""
    page: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    filters: dict[str, list[str]] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)

    async def run(self) -> Drawn:
        """Have the page drawn with what is chosen."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        for id, values in self.chosen.items():
            message.rerun_script.widget_states.widgets.append(_state(id, values))
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        sent, charts, failed = 0, {}, False
        while True:
            raw = await self.socket.recv()
            sent += len(raw)
            told = ForwardMsg()
            told.ParseFromString(raw)
            match told.WhichOneof("type"):
                case "navigation":
                    self.pages = {page.url_pathname: page.page_script_hash for page in told.navigation.app_pages}
                case "delta":
                    failed |= self._take(told.delta, charts)
                case "script_finished":
                    failed |= told.script_finished != ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
                    return Drawn(time.perf_counter() - start, sent, charts, failed)

    def _take(self, delta: Delta, charts: dict[str, int]) -> bool:
        if delta.WhichOneof("type") != "new_element":
            return "fault" in delta.add_block.id  # the page's own words for a failure stand in a block of this name
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "multiselect":
            self.filters[element.multiselect.id] = list(element.multiselect.options)
        elif kind == "plotly_chart":
            charts[element.plotly_chart.id or str(len(charts))] = len(element.plotly_chart.spec)
        return kind == "exception"

    def choose(self, name: str, values: list[str]) -> None:
        """Choose these of a filter: "unit", "wave" or "segment <column>"."""
        id = next(id for id in self.filters if f"-{name}-" in id)
        self.chosen[id] = values

    def options(self, name: str) -> list[str]:
        """What a filter offers."""
        return next((options for id, options in self.filters.items() if f"-{name}-" in id), [])

    def go(self, path: str) -> None:
        """Be on another page from the next run on."""
        self.page = self.pages[path]


def _state(id: str, values: list[str]) -> WidgetState:
    state = WidgetState(id=id)
    state.string_array_value.data.extend(values)
    return state


@asynccontextmanager
async def visitor(port: int, **query: str) -> Iterator[Visitor]:
    """A session of its own, with these parameters in the address."""
    async with websockets.connect(
        f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=WIDEST, open_timeout=60
    ) as socket:
        yield Visitor(socket, urlencode(query))


async def reruns(port: int, sessions: int, seconds: float, **query: str) -> float:
    """Reruns a second that this many sessions get, each asking anew as soon as it is served."""
    done = 0

    async def ask(gate: asyncio.Barrier) -> None:
        nonlocal done
        async with visitor(port, **query) as one:
            await one.run()
            await one.run()
            await gate.wait()
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                await one.run()
                done += 1

    gate = asyncio.Barrier(sessions)
    await asyncio.gather(*(ask(gate) for _ in range(sessions)))
    return done / seconds


async def crowd(port: int, people: int, clicks: int, think: float, click: Callable[[Visitor, int], None], **query: str) -> list[Drawn]:
    """What people get who each click so many times with this much thought between; they arrive spread over one pause."""

    async def person(number: int) -> list[Drawn]:
        await asyncio.sleep(think * number / people)
        got = []
        async with visitor(port, **query) as one:
            await one.run()
            for turn in range(clicks):
                await asyncio.sleep(think)
                click(one, number + turn)
                got.append(await one.run())
        return got

    return [drawn for got in await asyncio.gather(*map(person, range(people))) for drawn in got]
