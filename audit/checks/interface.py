"""What a check is: a name, what it is about, and one pure function from an app and the view to points.

A point is one thing seen. A check may see several on one app; `Check.find` makes them one finding, the worst first.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from audit.app import App
from audit.finding import Finding, Pointer, Severity, Verdict
from audit.view import View

_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.CONDITIONAL, Verdict.PASS)


@dataclass(frozen=True)
class Point:
    """One thing seen: a clause without its full stop, the parts it is about, its proof, what to do (a sentence)."""

    verdict: Verdict
    severity: Severity
    text: str
    items: tuple[str, ...] = ()
    proof: tuple[Pointer, ...] = ()
    fix: str = ""


Judge = Callable[[App, View], Iterable[Point]]


@dataclass(frozen=True)
class Check:
    """One check. `title` is what it looks at, `risk` one sentence on why that matters.

    `severity` is what a pass carries. Its section in the documentation is its module's text.
    """

    id: str
    title: str
    risk: str
    severity: Severity
    judge: Judge
    references: tuple[str, ...] = ()
    frameworks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, view: View) -> Iterator[Finding]:
        """One finding for each app that the check has anything to say about."""
        for app in view.apps:
            if points := list(self.judge(app, view)):
                yield self._finding(app, points)

    def _finding(self, app: App, points: list[Point]) -> Finding:
        verdict = next(v for v in _WORST_FIRST if any(point.verdict is v for point in points))
        told = [point for point in points if point.verdict is not Verdict.PASS] or points
        worst = [point.severity for point in points if point.verdict is verdict]
        fixes = dict.fromkeys(point.fix for point in told if point.fix)
        return Finding(
            check=self.id,
            verdict=verdict,
            severity=max(worst, key=lambda severity: severity.rank),
            object=app.subject,
            fact=_sentence(point.text for point in told),
            evidence=tuple(dict.fromkeys(pointer for point in told for pointer in point.proof)) or (app.proof,),
            remediation=" ".join(fixes),
            references=self.references,
            frameworks=self.frameworks,
            items=tuple(sorted({item for point in told for item in point.items})),
            integration=app.label,
        )


def passed(check_severity: Severity, text: str, *proof: Pointer) -> Point:
    """All is as it should be."""
    return Point(Verdict.PASS, check_severity, text, proof=proof)


def unknown(check_severity: Severity, text: str, *proof: Pointer, fix: str = "") -> Point:
    """Evidence is missing; the text says which and why."""
    fix = fix or "Collect again with the rights that the manifest names."
    return Point(Verdict.UNKNOWN, check_severity, f"cannot be told: {text.rstrip('.')}", proof=proof, fix=fix)


def apply_again(app: App, *more: str) -> str:
    """The sentence that sends the operator back to `provision apply`."""
    return f"Run `{' '.join(('tenantry provision apply', app.label or '', *more)).strip()}`."


def listed(names: Iterable[object]) -> str:
    """Names in a row: `a, b and c`."""
    texts = [str(name) for name in names]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


def _sentence(clauses: Iterable[str]) -> str:
    text = "; ".join(dict.fromkeys(clauses))
    return f"{text[:1].upper()}{text[1:]}."
