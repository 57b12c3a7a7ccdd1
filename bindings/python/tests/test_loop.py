"""Running, stopping, posting, timers, and Ctrl-C."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time

import pytest

import nodenet
from conftest import Run, port_of


def test_run_ends_at_once_when_there_is_nothing(loop: nodenet.Loop) -> None:
    loop.run()
    assert not loop.alive


def test_posted_calls_run_in_order(loop: nodenet.Loop, run: Run) -> None:
    got: list[object] = []
    for i in range(3):
        loop.post(got.append, i)
    loop.call_soon_threadsafe(lambda: got.append(threading.current_thread() is threading.main_thread()))
    run()
    assert got == [0, 1, 2, True]


def test_post_from_another_thread_wakes_the_loop(loop: nodenet.Loop, run: Run) -> None:
    hold = loop.set_timeout(lambda: None, 60_000)
    threading.Timer(0.05, loop.post, (hold.stop,)).start()
    begun = time.monotonic()
    run()
    assert time.monotonic() - begun < 20


def test_stop_from_another_thread_and_run_again(loop: nodenet.Loop, run: Run) -> None:
    hold = loop.set_timeout(lambda: None, 60_000)
    for _ in range(3):
        stopper = threading.Timer(0.02, loop.stop)
        stopper.start()
        loop.run()
        stopper.join()
        assert hold.active
    hold.stop()
    fired: list[int] = []
    loop.set_timeout(fired.append, 1, 1)
    run()
    assert fired == [1]


def test_stop_from_a_callback(loop: nodenet.Loop) -> None:
    count: list[int] = []

    def tick() -> None:
        count.append(1)
        if len(count) == 3:
            loop.stop()

    timer = loop.set_interval(tick, 1)
    loop.run()
    assert len(count) == 3
    assert timer.active


def test_run_inside_run_is_refused(loop: nodenet.Loop, run: Run) -> None:
    codes: list[str] = []

    def inside() -> None:
        for nested in (loop.run, loop.poll):
            with pytest.raises(nodenet.Misuse) as caught:
                nested()
            codes.append(caught.value.code)

    loop.post(inside)
    loop.set_timeout(inside, 0)
    run()
    assert codes == ["EBUSY"] * 4


def test_another_loop_can_run_inside(loop: nodenet.Loop, run: Run) -> None:
    got: list[str] = []

    def inside() -> None:
        with nodenet.Loop() as other:
            other.set_timeout(got.append, 1, "inner")
            other.run()
        got.append("outer")

    loop.set_timeout(inside, 0)
    run()
    assert got == ["inner", "outer"]


def test_poll_is_one_turn(loop: nodenet.Loop) -> None:
    got: list[int] = []
    loop.poll()
    assert got == []
    loop.set_timeout(got.append, 30, 1)
    begun = time.monotonic()
    loop.poll(0)
    assert got == []
    while not got:
        loop.poll(None)
    assert time.monotonic() - begun >= 0.029
    loop.set_timeout(got.append, 60_000, 2)
    loop.poll(10)
    assert got == [1]


def test_fd_and_timeout_for_embedders(loop: nodenet.Loop) -> None:
    assert loop.timeout is None
    server = nodenet.create_server(lambda socket: socket.end())
    seen: list[str] = []
    server.on("listening", lambda: seen.append("listening"))
    server.listen(0, "127.0.0.1")
    assert loop.timeout == 0
    loop.run_deferred()
    assert seen == ["listening"]
    poller = select.poll()
    poller.register(loop.fd, select.POLLIN)
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.resume().on("close", lambda _: (seen.append("close"), server.close()))
    deadline = time.monotonic() + 20
    while loop.alive:
        assert time.monotonic() < deadline
        wait = loop.timeout
        if wait != 0:
            poller.poll(wait)
        loop.poll()
    assert seen == ["listening", "close"]


def test_timers(loop: nodenet.Loop, run: Run) -> None:
    got: list[str] = []
    begun = loop.now
    loop.set_timeout(got.append, 20, "twenty")
    loop.set_timeout(got.append, 10.5, "ten")
    repeating = loop.set_interval(lambda: (got.append("again"), got.count("again") == 2 and repeating.stop()), 1)
    never = loop.set_timeout(got.append, 5, "never")
    never.stop()
    loop.set_timeout(got.append, 60_000, "unref").unref()
    restarted = nodenet.Timer()
    restarted.start(lambda: (got.append("first"), restarted.start(got.append, 1, args=("second",))), 1)
    run()
    assert [x for x in got if x in ("ten", "twenty")] == ["ten", "twenty"]
    assert sorted(got) == sorted(["ten", "twenty", "again", "again", "first", "second"])
    assert loop.now - begun >= 20
    assert repeating.ref().loop is loop
    with pytest.raises(ValueError, match="delay"):
        loop.set_timeout(print, -1)
    with pytest.raises(TypeError):
        loop.set_timeout(print, "1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not callable"):
        loop.set_timeout(None, 1)  # type: ignore[arg-type]


def test_socket_timeout(loop: nodenet.Loop, run: Run) -> None:
    log: list[str] = []
    server = nodenet.create_server(lambda socket: socket.resume()).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")

    def timed_out() -> None:
        log.append("timeout")
        client.destroy()
        server.close()

    client.set_timeout(30, timed_out)
    assert client.timeout == 30
    run()
    assert log == ["timeout"]


def test_metrics(loop: nodenet.Loop, run: Run) -> None:
    server = nodenet.create_server(lambda socket: socket.end(b"12345")).listen(0, "127.0.0.1")
    nodenet.connect(port_of(server), "127.0.0.1").resume().on("close", lambda _: server.close())
    run()
    metrics = loop.metrics()
    assert (metrics.bytes_read, metrics.bytes_written) == (5, 5)
    assert metrics.turns > 0
    assert metrics.events > 0


def test_gather_writes(loop: nodenet.Loop, run: Run) -> None:
    assert loop.gather_writes
    loop.gather_writes = False
    assert not loop.gather_writes
    loop.gather_writes = True
    got = bytearray()

    def welcome(socket: nodenet.Socket) -> None:
        for _ in range(16):
            assert socket.write(b"x" * 64)
        socket.end()

    server = nodenet.create_server(welcome).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1").on("data", got.extend)
    client.on("close", lambda _: server.close())
    run()
    assert got == b"x" * 1024


INTERRUPTED = """
import sys, nodenet
def ready(): print("ready", flush=True)
{setup}
try:
    nodenet.run()
except KeyboardInterrupt:
    print("interrupted", flush=True)
loop = nodenet.default_loop()
# The loop is whole.
loop.set_timeout(lambda: (print("runs again"), loop.stop()), 1)
loop.run()
"""


@pytest.mark.parametrize(
    "setup",
    [
        pytest.param('nodenet.create_server().listen(0).on("listening", ready)', id="idle"),
        pytest.param(
            "nodenet.default_loop().set_interval(lambda: None, 1)\nnodenet.default_loop().post(ready)", id="busy"
        ),
        pytest.param(
            "def spin():\n    ready()\n    while True: pass\nnodenet.default_loop().post(spin)", id="in a listener"
        ),
    ],
)
def test_ctrl_c(setup: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED.format(setup=setup)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (out, err, process.returncode) == (b"interrupted\nruns again\n", b"", 0)


def test_an_interrupt_is_never_lost(loop: nodenet.Loop) -> None:
    """A busy loop is nearly always at the border between C and Python: what is raised at a callback's first
    instruction would be swallowed there."""
    spinning = True

    def spin() -> None:
        if spinning:
            loop.post(spin)

    for _ in range(100):
        loop.post(spin)
        killer = threading.Timer(0.002, os.kill, (os.getpid(), signal.SIGINT))
        loop.post(killer.start)
        with pytest.raises(KeyboardInterrupt):
            loop.run()
        killer.join()
    spinning = False
    loop.run()


def test_signal_handlers_run_while_the_loop_waits(loop: nodenet.Loop) -> None:
    hold = loop.set_timeout(lambda: None, 60_000)
    got: list[int] = []

    def handler(signum: int, frame: object) -> None:
        got.append(signum)
        hold.stop()

    def raising(signum: int, frame: object) -> None:
        raise LookupError("from a handler")

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        begun = time.monotonic()
        loop.run()
        assert got == [signal.SIGUSR1]
        assert time.monotonic() - begun < 20
        hold = loop.set_timeout(lambda: None, 60_000)
        signal.signal(signal.SIGUSR1, raising)
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(LookupError):
            loop.run()
        hold.stop()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
