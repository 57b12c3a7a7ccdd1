"""A loop in the background."""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket as pysocket
import subprocess
import sys
import threading
from typing import Any

import pytest

import nodenet
from conftest import port_of

WAIT = 30


def start_echo(loop: nodenet.ThreadedLoop) -> int:
    def listen() -> int:
        server = nodenet.create_server(lambda socket: socket.on("data", socket.write))
        return port_of(server.listen(0))

    return loop.run(listen).result(WAIT)


def test_echo_from_the_main_thread() -> None:
    with nodenet.ThreadedLoop() as threaded:
        assert threaded.running
        port = start_echo(threaded)
        with pysocket.create_connection(("127.0.0.1", port)) as peer:
            for _ in range(100):
                peer.sendall(b"ping")
                assert peer.recv(100) == b"ping"
    assert not threaded.running


def test_results_and_exceptions_come_through_futures() -> None:
    with nodenet.ThreadedLoop() as threaded:
        assert threaded.run(threading.get_ident).result(WAIT) != threading.get_ident()
        assert threaded.run(lambda: nodenet.default_loop()).result(WAIT) is threaded.loop
        assert threaded.run(divmod, 7, 2).result(WAIT) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            threaded.run(lambda: 1 / 0).result(WAIT)


def test_calls_and_what_they_raise() -> None:
    raised: list[tuple[BaseException, object]] = []
    done = threading.Event()

    def boom() -> None:
        raise ValueError("boom")

    with nodenet.ThreadedLoop(exception_handler=lambda error, fn: raised.append((error, fn))) as threaded:
        threaded.call_soon_threadsafe(boom)
        threaded.call_soon_threadsafe(done.set)
        assert done.wait(WAIT)
    ((error, fn),) = raised
    assert isinstance(error, ValueError)
    assert fn is boom


def test_unheard_errors_are_reported_and_the_loop_goes_on(free_port: int) -> None:
    raised: list[BaseException] = []
    reported = threading.Event()

    def handler(error: BaseException, source: object) -> None:
        raised.append(error)
        reported.set()

    with nodenet.ThreadedLoop(exception_handler=handler) as threaded:
        threaded.run(nodenet.connect, free_port, "127.0.0.1").result(WAIT)
        assert reported.wait(WAIT)
        assert threaded.run(lambda: "alive").result(WAIT) == "alive"
    assert isinstance(raised[0], ConnectionRefusedError)


def test_coroutines() -> None:
    async def talk(port: int) -> bytes:
        socket = nodenet.connect(port, "127.0.0.1")
        await nodenet.once(socket, "connect")
        socket.end(b"x" * 200_000)
        got = bytearray()
        async for chunk in socket:
            got += chunk
        return bytes(got)

    def echo(socket: nodenet.Socket) -> None:
        socket.allow_half_open = True
        socket.on("data", socket.write).on("end", socket.end)

    with nodenet.ThreadedLoop() as threaded:
        port = threaded.run(lambda: port_of(nodenet.create_server(echo).listen(0))).result(WAIT)
        futures = [threaded.run(talk, port) for _ in range(5)]
        assert [len(future.result(WAIT)) for future in futures] == [200_000] * 5


def test_coroutines_that_fail(free_port: int) -> None:
    async def refused() -> None:
        await nodenet.once(nodenet.connect(free_port, "127.0.0.1"), "connect")

    async def foreign() -> None:
        await asyncio.sleep(0)

    async def forever() -> None:
        await nodenet.once(nodenet.create_server().listen(0, "127.0.0.1"), "connection")

    with nodenet.ThreadedLoop() as threaded:
        with pytest.raises(ConnectionRefusedError):
            threaded.run(refused).result(WAIT)
        with pytest.raises(TypeError, match="can only await nodenet's waiters"):
            threaded.run(foreign).result(WAIT)
        waiting: concurrent.futures.Future[Any] = threaded.run(forever)
        threaded.run(lambda: None).result(WAIT)
    with pytest.raises(concurrent.futures.CancelledError):
        waiting.result(WAIT)


def test_calls_that_never_began_are_cancelled() -> None:
    threaded = nodenet.ThreadedLoop().start()
    later: list[concurrent.futures.Future[None]] = []

    def close() -> str:
        later.append(threaded.run(lambda: None))
        threaded.loop.close()
        return "closed"

    assert threaded.run(close).result(WAIT) == "closed"
    with pytest.raises(concurrent.futures.CancelledError):
        later[0].result(WAIT)
    threaded.stop()
    with pytest.raises(nodenet.Misuse):
        threaded.run(lambda: None)
    threaded.stop()


def test_stop_from_inside() -> None:
    threaded = nodenet.ThreadedLoop().start()
    assert threaded.run(threaded.stop).result(WAIT) is None
    threaded.stop()
    assert not threaded.running


def test_only_its_own_thread_runs_a_loop() -> None:
    with nodenet.ThreadedLoop() as threaded:
        for call in (threaded.loop.run, threaded.loop.poll, threaded.loop.run_deferred, threaded.loop.close):
            with pytest.raises(nodenet.Misuse) as caught:
                call()
            assert caught.value.code == "EWRONGTHREAD"
        assert threaded.run(lambda: "whole").result(WAIT) == "whole"


def test_misuse() -> None:
    threaded = nodenet.ThreadedLoop()
    with pytest.raises(nodenet.Misuse):
        _ = threaded.loop
    threaded.stop()
    with threaded, pytest.raises(nodenet.Misuse):
        threaded.start()


def test_stopping_loops_leaves_no_descriptor_and_no_thread() -> None:
    from conftest import collect, open_fds

    before, threads = open_fds(), threading.active_count()
    for _ in range(20):
        with nodenet.ThreadedLoop() as threaded:
            start_echo(threaded)
    collect()
    assert open_fds() == before
    assert threading.active_count() == threads


def test_the_interpreter_waits_for_the_callback_that_runs() -> None:
    program = """
import threading, time, nodenet
begun = threading.Event()
def slow():
    begun.set()
    time.sleep(0.3)
    print("callback ended", flush=True)
def background():
    nodenet.default_loop().post(slow)
    nodenet.run()
threading.Thread(target=background, daemon=True).start()
begun.wait()
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr, result.returncode) == ("callback ended\n", "", 0)


PROGRAM = """
import socket, nodenet
threaded = nodenet.ThreadedLoop().start()
def listen():
    server = nodenet.create_server(lambda s: s.on("data", s.write)).listen(0)
    server.on("close", lambda: None)
    return server.address().port
peer = socket.create_connection(("127.0.0.1", threaded.run(listen).result()))
peer.sendall(b"x")
assert peer.recv(1) == b"x"
peer.detach()  # open to the end
{more}
print("end of the program", flush=True)
"""


@pytest.mark.parametrize(
    "more",
    [
        "",
        "threaded.call_soon_threadsafe(lambda: threaded.loop.set_interval(lambda: None, 1))",
        "del threaded",
        "loop = nodenet.default_loop(); server = nodenet.create_server().listen(0, '127.0.0.1')",
        "import threading; threading.Thread(target=lambda: (nodenet.create_server().listen(0), nodenet.run()),"
        " daemon=True).start()",
        "import threading\n"
        "def spin():\n"
        "    nodenet.default_loop().set_interval(lambda: None, 1)\n"
        "    while True: nodenet.default_loop().poll(None)\n"
        "threading.Thread(target=spin, daemon=True).start()",
        "import atexit; atexit.register(print, 'atexit')",
    ],
)
def test_the_interpreter_ends_with_a_loop_in_the_background(more: str) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM.format(more=more)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("end of the program\n")
