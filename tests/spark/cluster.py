"""A cluster on this machine alone: a master and two workers of one core each, on the loopback address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

HERE = "127.0.0.1"
WORKERS = 2
_SECONDS = 120.0
_WATCHED = ("sh", "-c", '"$@" & started=$!; cat >/dev/null; kill $started; wait $started', "sh")
"""Ends what it started as soon as its own input is closed: by us, or because we are no more."""
ROOT = Path(__file__).parents[2]
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
"""Five Java machines that live for a minute on two cores: compiled once and quickly, without threads that tidy up beside."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HERE, 0))
        port: int = listening.getsockname()[1]
        return port


def environment(folder: Path) -> dict[str, str]:
    """The environment of every process: nothing is asked of another machine, and workers find this repository."""
    return {
        "SPARK_HOME": str(Path(str(import_module("pyspark").__file__)).parent),
        "SPARK_LOCAL_IP": HERE,
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_LOG_DIR": str(folder / "log"),
        "SPARK_DAEMON_JAVA_OPTS": _QUICK,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }


def settings(folder: Path) -> dict[str, str]:
    """What the session adds: all of the cluster, on this machine, without a page; no task before both workers are there, none tried again."""
    return {
        "spark.driver.host": HERE,
        "spark.driver.bindAddress": HERE,
        "spark.ui.enabled": "false",
        "spark.cores.max": str(WORKERS),
        "spark.executor.cores": "1",
        "spark.executor.memory": "512m",
        "spark.driver.extraJavaOptions": _QUICK,
        "spark.executor.extraJavaOptions": _QUICK,
        "spark.task.maxFailures": "1",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": f"{_SECONDS:.0f}s",
        "spark.sql.shuffle.partitions": str(WORKERS),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start the processes, give the master's address, and stop them whatever happens."""
    port = free_port()
    address = f"spark://{HERE}:{port}"
    own = environment(folder)
    program = Path(own["SPARK_HOME"]) / "bin" / "spark-class"
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str, *arguments: str) -> Path:
        log = folder / f"{kind}-{len(started)}.log"
        command = [
            *_WATCHED,
            str(program),
            f"org.apache.spark.deploy.{kind.lower()}.{kind}",
            "--host",
            HERE,
            *arguments,
        ]
        with log.open("wb") as out:
            started.append(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=out, stderr=out, env=os.environ | own, start_new_session=True
                )
            )
        return log

    try:
        _wait(started, start("Master", "--port", str(port), "--webui-port", "0"), "I have been elected leader")
        places = [("--work-dir", str(folder / f"worker-{k}"), "--webui-port", "0") for k in range(WORKERS)]
        logs = [start("Worker", "--cores", "1", "--memory", "768m", *place, address) for place in places]
        for log in logs:
            _wait(started, log, "Successfully registered with master")
        yield address
    finally:
        for process in reversed(started):
            if process.stdin is not None:
                process.stdin.close()
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(started: list[subprocess.Popen[bytes]], log: Path, sign: str) -> None:
    until = time.monotonic() + _SECONDS
    while sign not in (told := log.read_text(encoding="utf-8", errors="replace")):
        if any(process.poll() is not None for process in started) or time.monotonic() > until:
            raise AssertionError(f"expected {sign!r} in {log.name}, got:\n{told[-3000:]}")
        time.sleep(0.1)
