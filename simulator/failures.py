"""The answers of a service in trouble, worded as each of them words it."""

from simulator import workloads
from simulator.core import GraphFault, Reply
from simulator.faults import Fault

STATUS = {"429": 429, "429-no-retry-after": 429, "500": 500, "503": 503, "504": 504}


def graph(fault: Fault, path: str, app_id: str, tenant_id: str) -> GraphFault:
    """What Graph answers: 429 with the headers of the throttled service, 500, 503, 504."""
    load, status = workloads.of(path), STATUS[fault.kind]
    when = {"Retry-After": str(fault.retry_after)}
    if status == 429:
        headers = when if fault.kind == "429" and load.says_when else {}
        if load is workloads.DIRECTORY:
            headers = headers | {
                "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{app_id}/{tenant_id}",
                "x-ms-throttle-information": "ResourceUnitLimitExceeded",
                "x-ms-throttle-limit-percentage": "1.2",
            }
        return GraphFault(429, load.throttled_code, load.throttled_text, headers)
    if status == 503:
        headers = when if fault.retry_after % 2 else {}  # Microsoft: it may carry one
        return GraphFault(503, "serviceNotAvailable", "The service is temporarily unavailable.", headers)
    if status == 504:
        return GraphFault(504, "UnknownError", "")
    return GraphFault(500, load.failed_code, "An internal server error occurred. The operation failed.")


def sign_in(fault: Fault) -> Reply:
    """What the sign-in service answers: JSON without an AADSTS reason that helps, a gateway's page for 504."""
    status = STATUS[fault.kind]
    if status == 504:
        return Reply(504, b"<html><body><h2>Gateway Timeout</h2></body></html>", {}, "text/html")
    code = 90055 if status == 429 else 90033
    text = "Too many requests." if status == 429 else "A transient error has occurred. Please try again."
    body = {"error": "temporarily_unavailable", "error_description": f"AADSTS{code}: {text}", "error_codes": [code]}
    headers = {"Retry-After": str(fault.retry_after)} if fault.kind in ("429", "503") else {}
    return Reply(status, body, headers, "application/json; charset=utf-8")
