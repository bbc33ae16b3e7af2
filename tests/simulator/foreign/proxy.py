"""An HTTP proxy that leads Microsoft's host names to a simulated tenant, and nothing anywhere else."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.tenant import SimulatedTenant

_LOGIN = ("login.microsoftonline.com", "login.microsoft.com", "login.windows.net")


@contextlib.contextmanager
def proxy(tenant: SimulatedTenant) -> Iterator[str]:
    """Address of a proxy for CONNECT, as long as the block runs."""
    login, graph = urlsplit(tenant.ready["login"]).port, urlsplit(tenant.ready["graph"]).port
    assert login
    assert graph
    ports = dict.fromkeys(_LOGIN, login) | {"graph.microsoft.com": graph}
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(server, ports), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()


def _serve(server: socket.socket, ports: dict[str, int]) -> None:
    with contextlib.suppress(OSError):  # closed
        while True:
            client, _ = server.accept()
            threading.Thread(target=_one, args=(client, ports), daemon=True).start()


def _one(client: socket.socket, ports: dict[str, int]) -> None:
    with client, contextlib.suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(4096)
            if not more:
                return
            head += more
        method, target = head.split(b" ")[:2]
        port = ports.get(target.decode().partition(":")[0])
        if method != b"CONNECT" or port is None:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            back.start()
            _pump(client, upstream)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
