"""The rehearsal's own authority: what clients accept, and that no key stays on the disk."""

import ssl
from pathlib import Path

from cryptography import x509

from simulator.tls import NAMES, make


def test_only_the_authoritys_certificate_is_left(tmp_path: Path) -> None:
    pem, _ = make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["ca.pem"] == [pem.name]
    assert b"PRIVATE KEY" not in pem.read_bytes()


def test_strict_clients_accept_it_under_every_name(tmp_path: Path) -> None:
    pem, server = make(tmp_path)
    client = ssl.create_default_context(cafile=str(pem))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in [*NAMES, "127.0.0.1", "::1"]:
        _handshake(client, server, name)


def test_the_authority_may_sign_nothing_but_servers(tmp_path: Path) -> None:
    pem, _ = make(tmp_path)
    authority = x509.load_pem_x509_certificate(pem.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    """Both sides of TLS in memory; raises where the client does not trust the server."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(8):
        done = []
        for end in ends:
            try:
                end.do_handshake()
                done.append(True)
            except ssl.SSLWantReadError:
                done.append(False)
        if all(done):
            return
    raise AssertionError(f"no handshake with {name}")
