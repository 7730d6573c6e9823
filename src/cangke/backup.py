"""
One file that holds everything: rows, files and what proves them whole.

A ZIP with ``manifest.json`` (version, time, engine, counts and SHA-256 of every member), the
database (``VACUUM INTO`` on SQLite, ``pg_dump`` custom format on PostgreSQL) and the stored files.
Keys stay outside; keep ``secret.key`` and ``secrets.keys`` somewhere else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from cangke import __version__
from cangke.foundation.refusal import Refusal

MANIFEST = "manifest.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _member_sha256(archive: zipfile.ZipFile, member: str) -> str:
    digest = hashlib.sha256()
    with archive.open(member) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _postgres_environment() -> dict[str, str]:
    wanted = connection.settings_dict
    options = wanted.get("OPTIONS", {})
    values = {
        "PGHOST": wanted["HOST"] or options.get("host", ""),
        "PGPORT": str(wanted["PORT"] or ""),
        "PGUSER": wanted["USER"],
        "PGPASSWORD": wanted["PASSWORD"],
        "PGDATABASE": wanted["NAME"],
    }
    return {**os.environ, **{name: value for name, value in values.items() if value}}


def _dump(folder: Path) -> Path:
    if connection.vendor == "sqlite":
        target = folder / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return target
    target = folder / "database.pgdump"
    done = subprocess.run(
        ["pg_dump", "--format=custom", "--no-owner", f"--file={target}"],
        env=_postgres_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(_("数据库导出失败：%s") % done.stderr.strip()[:500])
    return target


def make(target: Path, *, at: dt.datetime) -> dict[str, int]:
    """
    Write the backup to ``target``; the file appears only when it is whole.

    :raises Refusal: if the file is there already or the database cannot be dumped
    """
    if target.exists():
        raise Refusal(_("文件已存在，请换一个文件名：%s") % target)
    files = Path(settings.DATA) / "files"
    part = target.with_name(target.name + ".part")
    members: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as name:
        database = _dump(Path(name))
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                archive.write(database, database.name)
                members[database.name] = _sha256(database)
                for path in sorted(files.rglob("*")) if files.exists() else []:
                    if path.is_file():
                        member = f"files/{path.relative_to(files).as_posix()}"
                        archive.write(path, member)
                        members[member] = _sha256(path)
                manifest = {
                    "product": "cangke",
                    "version": __version__,
                    "made_at": at.isoformat(),
                    "engine": connection.vendor,
                    "rows": _counts(),
                    "sha256": members,
                }
                archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            os.chmod(part, 0o600)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return {"files": len(members), "bytes": target.stat().st_size}


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError):
        raise Refusal(_("这不是仓客的备份文件。")) from None
    if manifest.get("product") != "cangke":
        raise Refusal(_("这不是仓客的备份文件。"))
    return manifest


def verify(source: Path) -> list[str]:
    """Return what is wrong with a backup: damaged or missing members, rows that do not add up."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _read_manifest(archive)
            problems = []
            names = set(archive.namelist())
            for member, expected in manifest["sha256"].items():
                if member not in names:
                    problems.append(f"{member}: missing")
                    continue
                try:
                    if _member_sha256(archive, member) != expected:
                        problems.append(f"{member}: damaged")
                except (zipfile.BadZipFile, OSError) as error:
                    problems.append(f"{member}: {error}")
            if manifest["engine"] == "sqlite" and not problems:
                with tempfile.TemporaryDirectory() as folder:
                    archive.extract("database.sqlite3", folder)
                    problems += _check_rows(Path(folder) / "database.sqlite3", manifest["rows"])
            return problems
    except (OSError, zipfile.BadZipFile) as error:
        return [f"{source}: {error}"]
    except Refusal as refusal:
        return [str(refusal.message)]


def _check_rows(database: Path, expected: dict[str, int]) -> list[str]:
    opened = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return ["database.sqlite3: integrity check failed"]
        found = {}
        for table in expected:
            found[table] = opened.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
    except sqlite3.DatabaseError as error:
        return [f"database.sqlite3: {error}"]
    finally:
        opened.close()
    return [
        f"{table}: {found[table]} rows, {count} expected"
        for table, count in expected.items()
        if found[table] < count
    ]


def restore(source: Path, *, force: bool, at: dt.datetime) -> None:
    """
    Put a verified backup into an empty installation; with ``force`` what is there is set aside.

    :raises Refusal: if the backup is damaged, of another engine or a newer release, or the target
        holds data and ``force`` was not given
    """
    problems = verify(source)
    if problems:
        raise Refusal(_("备份未通过校验：%s") % "; ".join(problems[:5]))
    with zipfile.ZipFile(source) as archive:
        manifest = _read_manifest(archive)
        if manifest["engine"] != connection.vendor:
            raise Refusal(_("备份来自另一种数据库：%s。") % manifest["engine"])
        if _release(manifest["version"]) > _release(__version__):
            raise Refusal(_("备份来自更新的版本 %s，请先升级。") % manifest["version"])
        data = Path(settings.DATA)
        if connection.vendor == "sqlite":
            _restore_sqlite(archive, data, force=force, at=at)
        else:
            _restore_postgres(archive, force=force)
        _restore_files(archive, data, at=at)


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split(".") if each.isdecimal())


def _restore_sqlite(archive: zipfile.ZipFile, data: Path, *, force: bool, at: dt.datetime) -> None:
    target = Path(connection.settings_dict["NAME"])
    connections.close_all()
    if target.exists():
        if not force:
            raise Refusal(_("目标已有数据。要覆盖请加 --force，原有数据会另存。"))
        kept = target.with_name(f"{target.name}.{at:%Y%m%dT%H%M%S}.kept")
        for suffix in ("", "-wal", "-shm"):
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data) as folder:
        archive.extract("database.sqlite3", folder)
        (Path(folder) / "database.sqlite3").replace(target)


def _restore_postgres(archive: zipfile.ZipFile, *, force: bool) -> None:
    with connection.cursor() as cursor:
        occupied = bool(connection.introspection.table_names(cursor))
    if occupied and not force:
        raise Refusal(_("目标已有数据。请先备份它，再加 --force 覆盖；原有的表会被替换。"))
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder:
        archive.extract("database.pgdump", folder)
        name = connection.settings_dict["NAME"]
        done = subprocess.run(
            [
                "pg_restore",
                "--no-owner",
                "--exit-on-error",
                "--single-transaction",
                *(["--clean", "--if-exists"] if occupied else []),
                f"--dbname={name}",
                str(Path(folder) / "database.pgdump"),
            ],
            env=_postgres_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Refusal(_("数据库恢复失败：%s") % done.stderr.strip()[:500])


def _restore_files(archive: zipfile.ZipFile, data: Path, *, at: dt.datetime) -> None:
    files = data / "files"
    if files.exists() and any(files.iterdir()):
        files.rename(data / f"files.{at:%Y%m%dT%H%M%S}.kept")
    files.mkdir(parents=True, exist_ok=True)
    for member in archive.namelist():
        if not member.startswith("files/"):
            continue
        target = (files / member.removeprefix("files/")).resolve()
        if not target.is_relative_to(files.resolve()):
            raise Refusal(_("备份里有不安全的文件名：%s") % member)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as file, target.open("wb") as out:
            shutil.copyfileobj(file, out)
        target.chmod(0o600)
