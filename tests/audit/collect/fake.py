"""A Graph that answers from a table, for what the simulated tenant cannot be asked to do at the right moment."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from tenantry.errors import GraphError
from tenantry.graph import Graph
from tests.audit.evidence import (
    APP,
    APP_OBJECT,
    EXCHANGE,
    EXCHANGE_PRINCIPAL,
    GRAPH,
    GRAPH_PRINCIPAL,
    PRINCIPAL,
    TENANT,
    Files,
    clean,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Answer = Any


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


class FakeGraph:
    """Answers by path. An answer is a list (a collection), a dict (an object), None (404), an error, or a function."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.clock = FakeClock()
        self.asked: list[str] = []
        self.token: dict[str, Any] = {
            "tid": TENANT,
            "roles": ["Application.Read.All"],
            "appid": "reader",
            "idtyp": "app",
        }

    def graph(self) -> Graph:
        """Itself, for those that are typed."""
        return cast("Graph", self)

    async def claims(self) -> dict[str, Any]:
        return self.token

    async def get(self, path: str, params: Any = None, headers: Any = None, settle: Any = None) -> dict[str, Any]:
        answer = self._answer(path)
        if answer is None:
            raise refusal(404, "Request_ResourceNotFound")
        return {"value": answer} if isinstance(answer, list) else answer

    async def find(self, path: str, params: Any = None, settle: Any = None) -> dict[str, Any] | None:
        answer: dict[str, Any] | None = self._answer(path)
        return answer

    async def pages(self, path: str, params: Any = None, headers: Any = None, **kind: Any) -> AsyncIterator[Any]:
        answer = self._answer(path)
        if answer is None:
            raise refusal(404, "Request_ResourceNotFound")
        for start in range(0, max(1, len(answer)), 2):
            page: Any = list[kind["type"]]  # type: ignore[valid-type]
            yield msgspec.json.decode(msgspec.json.encode(answer[start : start + 2]), type=page)

    def _answer(self, path: str) -> Any:
        self.asked.append(path)
        answer = self.answers.get(path)
        if isinstance(answer, BaseException):
            raise answer
        return answer() if callable(answer) else answer


def refusal(status: int, code: str = "", message: str = "no") -> GraphError:
    return GraphError(status=status, code=code, message=message, method="GET", path="/x")


def answers(files: Files | None = None) -> dict[str, Answer]:
    """What Graph answers for the tenant that `evidence.clean` describes."""
    given = files or clean()
    application, principals = given["applications.jsonl"][0], given["servicePrincipals.jsonl"]
    grants = given["appRoleAssignments.jsonl"]
    return {
        "/organization": [given["organization.json"]],
        f"/applications(appId='{APP}')": application,
        f"/applications/{APP_OBJECT}": {"id": APP_OBJECT},
        "/applications": given["applications.jsonl"],
        f"/servicePrincipals(appId='{APP}')": principals[0],
        f"/servicePrincipals(appId='{GRAPH}')": {"id": GRAPH_PRINCIPAL},
        f"/servicePrincipals(appId='{EXCHANGE}')": {"id": EXCHANGE_PRINCIPAL},
        f"/servicePrincipals/{PRINCIPAL}": {"id": PRINCIPAL},
        "/servicePrincipals": principals,
        f"/servicePrincipals/{PRINCIPAL}/appRoleAssignments": grants,
        f"/servicePrincipals/{GRAPH_PRINCIPAL}/appRoleAssignedTo": grants,
        f"/servicePrincipals/{EXCHANGE_PRINCIPAL}/appRoleAssignedTo": [],
        f"/servicePrincipals/{PRINCIPAL}/oauth2PermissionGrants": [],
        "/oauth2PermissionGrants": [],
        f"/applications/{APP_OBJECT}/federatedIdentityCredentials": [],
        "/roleManagement/directory/roleAssignments": [],
        "/users": given["users.jsonl"],
        "/groups": given["groups.jsonl"],
        f"/groups/{given['groups.jsonl'][0]['id']}": given["groups.jsonl"][0],
        f"/groups/{given['groups.jsonl'][0]['id']}/members": [{"id": "direct"}],
        f"/groups/{given['groups.jsonl'][0]['id']}/transitiveMembers": [
            {"@odata.type": "#microsoft.graph.user", "id": "direct", "displayName": "Private Name"},
            {"@odata.type": "#microsoft.graph.user", "id": "nested"},
        ],
        "/identity/conditionalAccess/policies": [],
        "/identity/conditionalAccess/namedLocations": [],
        "/policies/authenticationStrengthPolicies": [],
        "/policies/identitySecurityDefaultsEnforcementPolicy": {"id": "0", "isEnabled": False},
        "/policies/authorizationPolicy": {"id": "0"},
        "/policies/defaultAppManagementPolicy": {"id": "0"},
        "/policies/appManagementPolicies": [],
        "/auditLogs/signIns": [],
    }


def in_turn(*values: Answer) -> Callable[[], Answer]:
    """Answers one after the other; the last one stays."""
    left = list(values)

    def answer() -> Any:
        value = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(value, BaseException):
            raise value
        return value

    return answer
