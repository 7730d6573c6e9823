"""Serving: everything in one process, or pages, streams and jobs apart."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def declare(commands: Any) -> None:
    """Add ``up``, ``web``, ``live``, ``migrate`` and ``worker``."""
    up = commands.add_parser("up", help="one process: migrate, jobs, pages and streams")
    up.add_argument("--demo", action="store_true", help="load the demonstration company once")
    up.set_defaults(run=run_up)
    web = commands.add_parser("web", help="pages (several processes behind a proxy)")
    web.add_argument("--processes", type=int, default=2)
    web.set_defaults(run=run_web)
    live = commands.add_parser("live", help="event streams")
    live.set_defaults(run=run_live)
    for each in (up, web, live):
        each.add_argument("--host", default="127.0.0.1")
        each.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    migrate = commands.add_parser("migrate", help="bring the database up to date, then stop")
    migrate.set_defaults(run=run_migrate)
    worker = commands.add_parser("worker", help="jobs and periodic duties")
    worker.add_argument("--threads", type=int, default=4)
    worker.set_defaults(run=run_worker)


def prepare() -> None:
    """Bring the database up to date and see that what every installation needs is there."""
    from django.core.management import call_command
    from django.utils import timezone

    from cangke import setup

    call_command("migrate", verbosity=0, interactive=False)
    setup.ensure_basics(at=timezone.now())


@contextmanager
def _working(threads: int) -> Iterator[None]:
    from cangke.foundation.jobs.worker import Worker

    worker = Worker(threads=threads)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _serve(host: str, port: int, told: Callable[[], None]) -> int:
    """Serve pages and streams until a signal comes; open streams end at once."""
    import uvicorn

    from cangke.foundation.live.public import close_hubs

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                told()

        async def shutdown(self, sockets: Any = None) -> None:
            close_hubs()
            await asyncio.sleep(0.05)
            await super().shutdown(sockets)

    server = Server(
        uvicorn.Config(
            "cangke.asgi:application",
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=20,  # between two clicks of somebody at work
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
        )
    )
    server.run()
    return 0 if server.started else 1


def run_up(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from cangke import demo, setup
    from cangke.foundation.ui.public import assets_built

    prepare()
    if arguments.demo and not demo.is_loaded() and not setup.has_administrator():
        print("正在生成演示公司 · Making the demonstration company …", flush=True)
        demo.load(at=timezone.now())
    if not assets_built():
        print("Scripts and styles are not built: run `make run` from a clone.", file=sys.stderr)

    lines = [f"\n  仓客 Cangke  http://{arguments.host}:{arguments.port}\n"]
    if arguments.demo:
        lines.append(demo.accounts_text())
    if not setup.has_administrator():
        lines.append(f"  首次使用 · First run: {setup.first_run_address(arguments)}\n")
    lines.append(f"  数据 · Data: {settings.DATA}\n  Ctrl-C 停止 · stops\n")

    with _working(2):
        return _serve(arguments.host, arguments.port, lambda: print("\n".join(lines), flush=True))


def run_migrate(arguments: argparse.Namespace) -> int:
    """What `up` does first, for installations whose processes run apart."""
    prepare()
    return 0


def run_live(arguments: argparse.Namespace) -> int:
    return _serve(
        arguments.host,
        arguments.port,
        lambda: print(f"live on http://{arguments.host}:{arguments.port}", flush=True),
    )


def run_web(arguments: argparse.Namespace) -> int:
    """Serve pages with Granian, several processes; streams belong to ``cangke live``."""
    try:
        from granian.constants import Interfaces
        from granian.server import Server
    except ImportError:
        print("cangke web needs the extra `scale`: pip install 'cangke[scale]'", file=sys.stderr)
        return 1
    Server(
        "cangke.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.processes,
        blocking_threads=4,
        log_access=False,
    ).serve()
    return 0


def run_worker(arguments: argparse.Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _working(arguments.threads):
        print("worker ready", flush=True)
        stop.wait()
    return 0
