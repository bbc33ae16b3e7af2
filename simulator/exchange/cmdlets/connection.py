"""Connecting, and which connection there is."""

from collections.abc import Iterator
from typing import Any

from simulator.exchange.session import Cmdlet, Use

JSON = dict[str, Any]


def connect(use: Use) -> Iterator[JSON]:
    """Connect-ExchangeOnline: always lets the operator of the rehearsal in."""
    use.session.connections += 1
    use.session.connected = True
    return iter(())


def disconnect(use: Use) -> Iterator[JSON]:
    """Disconnect-ExchangeOnline."""
    if not use.what_if:
        use.session.connected = False
    return iter(())


def information(use: Use) -> Iterator[JSON]:
    """Get-ConnectionInformation: one row while connected."""
    if use.session.connected:
        yield {
            "ConnectionId": use.tenant.id,
            "State": "Connected",
            "Id": use.session.connections,
            "Name": f"ExchangeOnline_{use.session.connections}",
            "UserPrincipalName": str(use.tenant.operator.get("userPrincipalName", "")),
            "ConnectionUri": "https://outlook.office365.com",
            "TokenStatus": "Active",
            "TenantID": use.tenant.id,
            "Organization": use.tenant.domain,
            "ConnectionUsedForInbuiltCmdlets": True,
        }


_SIGN_IN = ("AppId", "Certificate", "CertificateThumbprint", "ExchangeEnvironmentName", "ManagedIdentity")
CMDLETS = [
    Cmdlet("Connect-ExchangeOnline", (*_SIGN_IN, "Organization", "ShowBanner", "CommandName"), connect, free=True),
    Cmdlet("Disconnect-ExchangeOnline", (), disconnect, asks=True, free=True),
    Cmdlet("Get-ConnectionInformation", (), information, free=True),
]
