"""The installation under test: its own data folder, database and server processes."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
_number = itertools.count(1)

#: One machine plays all visitors: what one address may do does not apply.
LIMITS = json.dumps({f"chat.{act}.address": [1_000_000, 60] for act in ("begin", "write", "open")})


NGINX = """
{user}daemon off; worker_processes 1; pid {data}/nginx.pid; error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 60m;
  client_body_temp_path {data}/body; proxy_temp_path {data}/proxy;
  fastcgi_temp_path {data}/f; uwsgi_temp_path {data}/u; scgi_temp_path {data}/s;
  proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/(live/|chat/[^/]+/stream) {{
      proxy_pass http://127.0.0.1:{live}; proxy_http_version 1.1; proxy_buffering off;
      proxy_read_timeout 1h; proxy_set_header Connection "";
    }}
    location / {{ proxy_pass http://127.0.0.1:{web}; proxy_http_version 1.1; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    total = 0.0
    pids, seen = [pid], set()
    while pids:
        each = pids.pop()
        if each in seen:
            continue
        seen.add(each)
        try:
            status = Path(f"/proc/{each}/status").read_text(encoding="ascii")
            children = Path(f"/proc/{each}/task/{each}/children").read_text(encoding="ascii")
        except OSError:
            continue
        pids += [int(child) for child in children.split()]
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) / 1024
    return round(total, 1)


class Stage:
    """One installation on SQLite, or on PostgreSQL + Redis; a copy of one that is not running."""

    def __init__(self, backend: str, *, like: Stage | None = None) -> None:
        self.backend = backend
        self.data = Path(tempfile.mkdtemp(prefix="cangke-bench-"))
        if like is not None:
            shutil.copytree(like.data, self.data, dirs_exist_ok=True)
        self.port = free_port()
        self.live_port = self.port
        self.environment = {
            **os.environ,
            "CANGKE_DATA": str(self.data),
            "DJANGO_SETTINGS_MODULE": "cangke.settings",
            "CANGKE_LOG_LEVEL": "ERROR",
            "CANGKE_OUTBOUND_ALLOW": "127.0.0.1/32",  # mail servers of the stories
            "CANGKE_LIMITS": LIMITS,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        for name in ("CANGKE_DATABASE_URL", "CANGKE_REDIS_URL"):
            self.environment.pop(name, None)
        self.database = ""
        if backend == "postgres":
            self._use_servers(like.database if like else "")
        self.processes: list[subprocess.Popen[bytes]] = []

    def _use_servers(self, template: str) -> None:
        from tests import servers

        url = servers.postgres_url()
        base, _question, query = url.partition("?")
        number = next(_number)
        name = f"bench_{os.getpid()}_{number}"
        self._run_sql = functools.partial(_run_sql, url.replace("postgres://", "postgresql://", 1))
        self._run_sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self.database = name
        self.environment["CANGKE_DATABASE_URL"] = f"{base.rsplit('/', 1)[0]}/{name}" + (
            f"?{query}" if query else ""
        )
        self.environment["CANGKE_REDIS_URL"] = servers.redis_url(number % 15 + 1)

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def live_url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.live_port}{path}"

    def run(self, *words: str, quiet: bool = True) -> subprocess.CompletedProcess[bytes]:
        """Run a `cangke` command against this installation."""
        return subprocess.run(
            [sys.executable, "-m", "cangke.cli", *words],
            env=self.environment,
            cwd=self.data,
            check=False,
            stdout=subprocess.DEVNULL if quiet else None,
        )

    def take_over(self, kept: Path) -> None:
        """Go on with what an installation on SQLite holds that is not running."""
        shutil.copytree(kept, self.data, dirs_exist_ok=True)
        if self.backend == "postgres":
            source = self.data / "cangke.sqlite3"
            if self.run("move", str(source)).returncode:
                raise RuntimeError(f"{kept} was not moved")
            source.unlink()

    def script(self, module: str, *words: str) -> str:
        """Run a module inside the installation (seeding) and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            env=self.environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "cangke.cli", *words],
            env=self.environment,
            cwd=self.data,
            stdout=subprocess.DEVNULL,
            stderr=(self.data / "errors.log").open("ab"),
        )
        self.processes.append(process)
        return process

    def _front(self) -> None:
        """Put nginx before pages and streams, as docs/operations.md describes."""
        web, self.web_port = self.port, self.port
        self.port = free_port()
        config = self.data / "nginx.conf"
        config.write_text(
            NGINX.format(
                data=self.data,
                port=self.port,
                web=web,
                live=self.live_port,
                # a worker that root starts must write long forms into a folder only root enters
                user="user root; " if os.geteuid() == 0 else "",
            ),
            encoding="utf-8",
        )
        self.processes.append(
            subprocess.Popen(
                ["nginx", "-c", str(config), "-p", str(self.data), "-e", "stderr"],
                stderr=(self.data / "errors.log").open("ab"),
            )
        )

    def start(self, *, front: bool = False) -> None:
        """One process on SQLite; two page processes, one for streams and a worker otherwise."""
        if self.backend == "sqlite":
            self._start("up", "--port", str(self.port))
        else:
            self.live_port = free_port()
            self._start("web", "--port", str(self.port), "--processes", "2")
            self._start("live", "--port", str(self.live_port))
            self._start("worker")
            if front:
                self._front()
        self._wait()

    @contextlib.contextmanager
    def serving(self, *, front: bool = False) -> Iterator[None]:
        """Started, and stopped at the end."""
        try:
            self.start(front=front)
            yield
        finally:
            self.stop()

    def _wait(self) -> None:
        deadline = time.monotonic() + 90
        for url in {self.url("/healthz"), self.live_url("/healthz")}:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(url, timeout=2).status_code == 200:
                        break
                if time.monotonic() > deadline:
                    raise TimeoutError(
                        (self.data / "errors.log").read_text(encoding="utf-8")[-2000:]
                    )
                time.sleep(0.1)

    def memory_mb(self) -> float:
        return sum(resident_mb(process.pid) for process in self.processes)

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []

    def kill(self) -> None:
        """SIGKILL every process and what it started: nobody says good-bye."""
        for process in self.processes:
            _kill(process.pid)
            process.wait()
        self.processes = []

    def remove(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if self.database:
            self._run_sql(f"DROP DATABASE {self.database} WITH (FORCE)")


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            _kill(int(child))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _run_sql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


class Browser:
    """A signed-in person over real HTTP: cookies, CSRF, redirects."""

    def __init__(self, stage: Stage, username: str, password: str) -> None:
        self.url = stage.url
        self.http = httpx.Client(base_url=stage.url(), timeout=30, follow_redirects=False)
        answer = self._sign_in(username, password)
        while answer.status_code == 429:
            # One machine plays everybody: so many sign in from one address a minute, no more.
            time.sleep(5)
            answer = self._sign_in(username, password)
        if answer.status_code != 302:
            raise RuntimeError(f"login answered {answer.status_code}")

    def _sign_in(self, username: str, password: str) -> httpx.Response:
        page = self.http.get("/account/login/")
        page.raise_for_status()
        return self.http.post(
            "/account/login/",
            data={
                "login": username,
                "password": password,
                "csrfmiddlewaretoken": self.http.cookies["csrftoken"],
            },
            headers={"Referer": self.url("/")},
        )

    @property
    def token(self) -> str:
        return str(self.http.cookies["csrftoken"])

    def get(self, path: str, *, fragment: bool = False) -> httpx.Response:
        answer = self.http.get(path, headers={"HX-Request": "true"} if fragment else {})
        if answer.status_code != 200:
            raise RuntimeError(f"GET {path} answered {answer.status_code}")
        return answer

    def post(self, path: str, data: dict[str, str]) -> httpx.Response:
        answer = self.http.post(
            path, data=data, headers={"X-CSRFToken": self.token, "HX-Request": "true"}
        )
        if answer.status_code not in (200, 201, 202, 204, 302):
            raise RuntimeError(f"POST {path} answered {answer.status_code}: {answer.text[:200]}")
        return answer
