"""Required: the app is there, and its manifest declares what the profile needs and nothing forbidden."""

from provision.plan.manifest_entry import declare, describe
from provision.verify.link import Link, Seen


def judge_required(seen: Seen) -> Link:
    """Looks at the app registration with the operator's eyes."""
    target = seen.desired.target
    apply = f"Run `tenantry provision apply {target}`."
    actual = seen.actual
    if actual is None:
        return Link(link="required", ok=None, fact=f"The app could not be looked at: {seen.no_actual}")
    if actual.application is None:
        return Link(link="required", ok=False, fact=f"There is no app {seen.desired.unique_name}.", fix=apply)
    if seen.file is None:
        return Link(link="required", ok=False, fact="There is no integration file.", fix=apply)
    if seen.file.app.app_id != actual.application.app_id:
        fact = f"The integration file names app {seen.file.app.app_id}, the tenant has {actual.application.app_id}."
        return Link(link="required", ok=False, fact=fact, fix=apply)
    declared = set(actual.application.declared)
    lacking = [str(p) for p in seen.desired.in_entra if declare(p, actual) not in declared]
    forbidden = [describe(e, actual) for p in seen.desired.forbidden if (e := declare(p, actual)) in declared and e]
    if lacking or forbidden:
        parts = [f"lacks {', '.join(lacking)}"] if lacking else []
        parts += [f"has {', '.join(forbidden)}, which is forbidden"] if forbidden else []
        return Link(link="required", ok=False, fact=f"The manifest {' and '.join(parts)}.", fix=apply)
    names = ", ".join(str(p) for p in seen.desired.in_entra) or "no permission, and none is asked for"
    return Link(link="required", ok=True, fact=f"The manifest declares {names}.")
