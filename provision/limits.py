"""What a profile asks for that this version does not do by itself, so that nobody takes a plan for the whole."""

from tenantry.profiles.model import Profile


def left_to_you(profile: Profile) -> list[str]:
    """A sentence for each thing to do by hand, or to wait for."""
    said = []
    if not any(needed.name.startswith("Calendars.") and needed.type == "application" for needed in profile.permissions):
        said.append(
            "`tenantry sync` reads calendars by application permission only; it does not serve this profile yet."
        )
    return said
