"""A name node and a data node in one, over a local folder, as "WebHDFS REST API" describes them: `webhdfs_server.py
PORT FOLDER`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(sys.argv[2])


def status_of(file: Path, suffix: str) -> dict[str, object]:
    found = file.lstat()
    return {
        "pathSuffix": suffix,
        "type": "DIRECTORY" if file.is_dir() else "FILE",
        "length": 0 if file.is_dir() else found.st_size,
        "modificationTime": found.st_mtime_ns // 1_000_000,
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body of an answer in one packet

    def do(self) -> None:
        url = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.file = ROOT / unquote(url.path).removeprefix("/webhdfs/v1").strip("/")
        try:
            getattr(self, self.query["op"])()
        except (FileNotFoundError, NotADirectoryError) as error:
            self.answer(404, {"RemoteException": {"exception": "FileNotFoundException", "message": str(error)}})
        except OSError as error:
            self.answer(403, {"RemoteException": {"exception": "IOException", "message": str(error)}})

    do_GET = do_PUT = do_DELETE = do

    def GETFILESTATUS(self) -> None:
        self.answer(200, {"FileStatus": status_of(self.file, "")})

    def LISTSTATUS(self) -> None:
        if self.file.is_dir():
            statuses = [status_of(child, child.name) for child in self.file.iterdir()]
        else:
            statuses = [status_of(self.file, "")]
        self.answer(200, {"FileStatuses": {"FileStatus": statuses}})

    def OPEN(self) -> None:
        if "datanode" not in self.query:
            self.redirect()
            return
        with self.file.open("rb") as file:
            file.seek(int(self.query.get("offset", 0)))
            body = file.read(int(self.query.get("length", -1)))
        self.answer(200, body)

    def CREATE(self) -> None:
        if "datanode" not in self.query:
            self.redirect()
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("wb") as file:
            for chunk in self.body():
                file.write(chunk)
        self.answer(201, b"")

    def MKDIRS(self) -> None:
        self.file.mkdir(parents=True, exist_ok=True)
        self.answer(200, {"boolean": True})

    def RENAME(self) -> None:
        target = ROOT / self.query["destination"].strip("/")
        if self.query.get("renameoptions") == "OVERWRITE":
            os.replace(self.file, target)
            self.answer(200, b"")
        elif target.exists():
            self.answer(200, {"boolean": False})
        else:
            self.file.rename(target)
            self.answer(200, {"boolean": True})

    def DELETE(self) -> None:
        if not self.file.exists():
            self.answer(200, {"boolean": False})
            return
        shutil.rmtree(self.file) if self.file.is_dir() else self.file.unlink()
        self.answer(200, {"boolean": True})

    def body(self):  # type: ignore[no-untyped-def]
        if "Content-Length" in self.headers:
            left = int(self.headers["Content-Length"])
            while left and (chunk := self.rfile.read(min(left, 1 << 20))):
                left -= len(chunk)
                yield chunk
        else:
            while size := int(self.rfile.readline() or b"0", 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

    def redirect(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"http://{self.headers['Host']}{self.path}&datanode=true")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, body: bytes | dict[str, object]) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
