"""`./run` keeps its promises: it says what is wrong in a sentence, and leaves no process behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config.ports import complaint, is_free

REPOSITORY = Path(__file__).resolve().parents[1]

# A job that says its pid, starts a child of its own like a web server does, and waits for ever.
STAND_IN = """
import os, pathlib, subprocess, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
import signal
def stop(*_):
    child.terminate(); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
(folder / f"{name}.{os.getpid()}.{child.pid}").touch()
time.sleep(600)
"""

SUPERVISE = """
import sys
from pathlib import Path
from config.supervisor import Job, Supervisor
folder, stand_in = Path(sys.argv[1]), sys.argv[2]
jobs = [Job(name=name, command=[sys.executable, "-c", stand_in, str(folder), name]) for name in ("web", "worker")]
sys.exit(Supervisor(jobs).run())
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(REPOSITORY / "run"), *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_for(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


class Supervised:
    """A supervisor in its own process, with two jobs that each have a child."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(folder), STAND_IN],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "site")},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert wait_for(lambda: len(self.started("web")) == len(self.started("worker")) == 1)

    def started(self, name: str) -> list[list[int]]:
        """[pid, pid of its child] of each start, oldest first."""
        files = sorted(self.folder.glob(f"{name}.*"), key=lambda path: path.stat().st_mtime_ns)
        return [[int(pid) for pid in path.name.split(".")[1:]] for path in files]

    def everybody(self) -> list[int]:
        return [pid for name in ("web", "worker") for pids in self.started(name) for pid in pids]

    def nobody_is_left(self) -> bool:
        return wait_for(lambda: not any(is_alive(pid) for pid in self.everybody()))


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    running = Supervised(tmp_path)
    yield running
    for pid in [running.process.pid, *running.everybody()]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    running.process.wait()
    if running.process.stdout:
        running.process.stdout.close()


def test_help_lists_every_command() -> None:
    source = (REPOSITORY / "run").read_text()
    commands = re.findall(r"^    ([a-z]+)(?: \|[^)]*)?\) ", source, re.MULTILINE)
    assert {"demo", "test", "lint", "bench", "manage", "setup", "help"} <= set(commands)
    said = run("help").stdout
    assert [command for command in commands if f"./run {command}" not in said] == []


def test_no_command_means_help() -> None:
    assert run().stdout == run("help").stdout


def test_an_unknown_command_is_said_and_fails() -> None:
    answer = run("dmeo")
    assert answer.returncode == 1
    assert 'There is no "./run dmeo".' in answer.stderr


@pytest.mark.parametrize("taken_is", ["the site's", "the sandbox's"])
def test_a_taken_port_is_said_with_a_cure(taken_is: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        port = taken if taken_is == "the site's" else taken - 1
        answer = run("demo", PORT=str(port))
    assert answer.returncode == 1
    assert f"{taken}" in answer.stderr
    assert re.search(r"(is|are) taken", answer.stderr)
    assert re.search(r"PORT=\d+ \./run demo", answer.stderr)
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("port", ["80a", "-1", "80", "70000", "1234567890"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    answer = run("demo", PORT=port)
    assert answer.returncode == 1
    assert answer.stderr.startswith("PORT must be ")


def test_the_cure_names_a_port_that_is_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        sentence = complaint([taken, taken + 1])
    named = int(re.findall(r"PORT=(\d+)", sentence)[0])
    assert named != taken
    assert is_free(named)
    assert is_free(named + 1)


def test_free_ports_need_no_complaint() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        free = listener.getsockname()[1]
    assert complaint([free]) == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_stop_that_is_asked_for_leaves_nobody(supervised: Supervised, number: signal.Signals) -> None:
    supervised.process.send_signal(number)
    # Sooner than the grace after which it would kill: the children were asked, and went.
    assert supervised.process.wait(8) == 0
    assert supervised.nobody_is_left()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_the_supervisor_leaves_nobody(supervised: Supervised) -> None:
    supervised.process.kill()
    supervised.process.wait()
    assert supervised.nobody_is_left()


def test_a_job_that_dies_is_started_again(supervised: Supervised) -> None:
    [[worker, workers_child]] = supervised.started("worker")
    os.kill(worker, signal.SIGKILL)
    assert wait_for(lambda: len(supervised.started("worker")) == 2)
    # What the dead one had started would hold its port or its lock.
    assert wait_for(lambda: not is_alive(workers_child))
    [again, _] = supervised.started("worker")[1]
    assert is_alive(again)
    [[web, _]] = supervised.started("web")
    assert is_alive(web)


def test_a_job_that_cannot_live_stops_everything(tmp_path: Path) -> None:
    source = SUPERVISE.replace("sys.exit(Sup", "jobs.append(Job(name='broken', command=['false']))\nsys.exit(Sup")
    # The pauses between starts are what is left out here; their growth is the next test's.
    source = source.replace(
        "import sys\n", "import sys\nfrom config import supervisor\nsupervisor.LONGEST_PAUSE = 0.1\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path), STAND_IN],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "site")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 1
    assert finished.stdout.count("broken stopped with status 1") == 5
    assert "broken stopped 6 times in a row. Giving up." in finished.stdout
    pids = [int(pid) for path in tmp_path.iterdir() for pid in path.name.split(".")[1:]]
    assert len(pids) >= 2
    assert wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_the_pause_before_a_restart_grows(tmp_path: Path) -> None:
    source = SUPERVISE.replace("('web', 'worker')", "('web',)").replace(
        "sys.exit(Sup", "jobs[:] = [Job(name='broken', command=['false'])]\nsys.exit(Sup"
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", source, str(tmp_path), STAND_IN],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "site")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pauses = [re.findall(r"again in (\d+) s", process.stdout.readline()) for _ in range(3)]
    process.terminate()
    process.communicate(timeout=20)
    assert pauses == [["1"], ["2"], ["4"]]
