"""How connections are made: whom to trust, and when to go through a proxy. Sign-in and Graph share it.

`HTTPS_PROXY` and `NO_PROXY` are honoured, except that a loopback address is never proxied. A company's own authority is
taken from the cloud's `ca`, from `SSL_CERT_FILE` (or `REQUESTS_CA_BUNDLE`), or from the system's store.
"""

import ipaddress
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from tenantry.cloud import Cloud
from tenantry.errors import ConfigurationError, Problem


def bundle(cloud: Cloud, root: Path) -> Path | None:
    """The PEM file to trust, or None for the system's authorities.

    Raises:
        ConfigurationError: The file is not there.
    """
    path = cloud.ca_path(root)
    if path is None:
        named = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
        path = Path(named) if named else None
    if path is not None and not path.is_file():
        raise ConfigurationError([Problem("there is no such file.", where=str(path), field="ca")])
    return path


def context(cloud: Cloud, root: Path) -> ssl.SSLContext:
    """TLS that trusts `bundle`, else the system's authorities and the packaged ones.

    Raises:
        ConfigurationError: The file is not there or holds no certificate.
    """
    path = bundle(cloud, root)
    if path is None:
        import certifi

        made = ssl.create_default_context()
        made.load_verify_locations(cafile=certifi.where())
        return made
    try:
        return ssl.create_default_context(cafile=str(path))
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError([Problem("holds no certificate in PEM form.", where=str(path), field="ca")]) from error


def loopback(url: str) -> bool:
    """True where the address is this machine, which no proxy can reach for us."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
