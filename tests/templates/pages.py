"""Example pages, used by the tests and looked at by people."""

from typing import Any

from templates.handover import Field, Sheet

ID = "8f0c7e3a-1111-4222-8333-444455556666"

SHEET = Sheet(
    title="Telia Switchboard: kalender",
    tenant="contoso (contoso.onmicrosoft.com)",
    integration="contoso/telia",
    system="Telia Switchboard",
    prepared="2026-11-21T08:00:00Z",
    fields=(
        Field(label="Tenant-id", value=ID),
        Field(label="Klient-id", value=ID, note="Appens id, inte objektets"),
        Field(label="Klienthemlighet", secret=True, note="Värdet, inte hemlighetens id"),
    ),
    steps=("Öppna Administration > Kalenderintegration.", "Fyll i fälten."),
    secret_location="file secrets/telia",
    expires="2027-05-20T08:00:00Z",
    renewal=("Kör `tenantry provision apply`.",),
    pitfalls=("Alias räknas inte.",),
)


def finding(check: str, verdict: str, severity: str, **more: Any) -> dict[str, Any]:
    """One finding in the shape of CONTRACTS."""
    return {
        "check": check,
        "verdict": verdict,
        "severity": severity,
        "object": {"type": "servicePrincipal", "id": ID, "name": "Telia Switchboard Calendar Integration"},
        "fact": f"What was seen for {check}.",
        "evidence": [{"file": "appRoleAssignments.jsonl", "id": "q1w2e3r4t5y6u7i8o9p0asdfghjklzxcvbnmq1w2e3r4t5y6"}],
        "remediation": "Run `tenantry provision apply`.",
        "references": ["https://learn.microsoft.com/graph/permissions-reference", "javascript:alert(1)"],
        "frameworks": {"CIS M365 6.0": ["5.1.5.2"], "ISO 27001:2022": "A.8.2"},
        **more,
    }


def report(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An audit report in the shape of CONTRACTS, counted."""
    verdicts = [item["verdict"] for item in findings]
    return {
        "tool": "tenantry",
        "version": "0.1.0",
        "asOf": "2026-11-21",
        "snapshot": {"tenant": "contoso", "collected": "2026-11-21T08:00:00Z", "sha256": "9f" * 32},
        "counts": {v: verdicts.count(v) for v in ("pass", "fail", "conditional", "unknown", "waived")},
        "findings": list(findings),
        **more,
    }


LINKS: list[dict[str, Any]] = [
    {"link": "required", "ok": True, "fact": "Asked for.", "fix": ""},
    {"link": "granted", "ok": False, "fact": "Too much is granted.", "fix": "Run `tenantry provision apply`."},
    {"link": "scoped", "ok": None, "fact": "No evidence.", "fix": "Run the evidence script."},
]

REPORT = report(
    finding("permission-excess", "fail", "high"),
    finding("high-risk-permission", "fail", "critical", title="High-risk permission", risk="Why.", command="x " * 60),
    finding("calendar-tenant-wide", "unknown", "medium"),
    finding(
        "app-without-owner",
        "waived",
        "low",
        waiver={"reason": "Retired in May.", "owner": "ida@contoso.com", "expires": "2027-05-01"},
    ),
    finding("credential-expiry", "pass", "low"),
    integrations=[{"name": "telia", "profile": "telia-calendar", "app": {"name": "A", "id": ID}, "links": LINKS}],
    evidence=[{"file": "applications.jsonl", "rows": 3, "sha256": "ab" * 32}],
    missing=[{"file": "exchange/Get-ApplicationAccessPolicy.json", "why": "Not in the snapshot."}],
    unverified=["There is no `manifest.json`."],
    scope="integrations",
)
