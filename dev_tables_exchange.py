"""Tables about Exchange: cmdlets, rights, words (`dev_tables.TABLES` registers them)."""

from typing import Any

from dev_reference import reference

SCRIPT_CMDLETS = [
    "Add-DistributionGroupMember",
    "Add-MailboxFolderPermission",
    "Connect-ExchangeOnline",
    "ConvertFrom-Csv",
    "ConvertTo-Json",
    "Disconnect-ExchangeOnline",
    "ForEach-Object",
    "Get-ApplicationAccessPolicy",
    "Get-CalendarProcessing",
    "Get-ConnectionInformation",
    "Get-DistributionGroup",
    "Get-DistributionGroupMember",
    "Get-EXOMailbox",
    "Get-Mailbox",
    "Get-MailboxFolderPermission",
    "Get-MailboxFolderStatistics",
    "Get-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Get-OrganizationConfig",
    "Get-Recipient",
    "Get-ServicePrincipal",
    "Import-PSSession",
    "Join-Path",
    "New-ApplicationAccessPolicy",
    "New-DistributionGroup",
    "New-Mailbox",
    "New-ManagementRoleAssignment",
    "New-ManagementScope",
    "New-Object",
    "New-PSSession",
    "New-ServicePrincipal",
    "Read-Host",
    "Remove-ApplicationAccessPolicy",
    "Remove-DistributionGroup",
    "Remove-DistributionGroupMember",
    "Remove-MailboxFolderPermission",
    "Remove-ManagementRoleAssignment",
    "Remove-ManagementScope",
    "Remove-PSSession",
    "Remove-ServicePrincipal",
    "Select-Object",
    "Set-CalendarProcessing",
    "Set-MailboxFolderPermission",
    "Set-OrganizationConfig",
    "Set-StrictMode",
    "Start-Sleep",
    "Test-ApplicationAccessPolicy",
    "Test-ServicePrincipalAuthorization",
    "Where-Object",
    "Write-Progress",
    "Write-Verbose",
    "Write-Warning",
]
SCRIPT_CMDLETS_2007 = [
    "Add-MailboxPermission",
    "Get-Mailbox",
    "Get-MailboxPermission",
    "New-Mailbox",
    "Remove-MailboxPermission",
]
PRODUCTS = {"EXO": "online", "2010": "2010", "2013": "2013", "2016": "2016", "2019": "2019", "SE": "se"}


def script_cmdlets() -> dict[str, Any]:
    """What the cmdlets of our scripts accept: name -> {products, whatIf, mandatory, parameters}.

    `products` null: the engine's own. `mandatory`: for each parameter set what a call must give.
    """
    everything = reference("exchange/cmdlets.json")
    table: dict[str, Any] = {}
    for name in SCRIPT_CMDLETS:
        section = "exchange" if name in everything["exchange"] else "powershell"
        page = everything[section][name]
        products = [PRODUCTS[p] for p in page["applies_to"] if p in PRODUCTS] if section == "exchange" else None
        table[name] = _cmdlet(page, products)
    return table


def script_cmdlets_2007() -> dict[str, Any]:
    """The same for Exchange 2007, whose cmdlets take other parameters."""
    pages = reference("exchange/cmdlets.json")["exchange_2007"]
    return {name: _cmdlet(pages[name], ["2007"]) for name in SCRIPT_CMDLETS_2007}


def _cmdlet(page: dict[str, Any], products: list[str] | None) -> dict[str, Any]:
    return {
        "products": products,
        "whatIf": page["should_process"],
        "mandatory": [s["mandatory"] for s in page.get("parameter_sets", [])] or [page.get("always_mandatory", [])],
        "parameters": {key: _parameter(value) for key, value in sorted(page["parameters"].items())},
    }


def _parameter(page: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": page["kind"], "type": page["type"]}
    if "values" in page:
        row["values"] = page["values"]
    if "applies_to" in page:
        row["products"] = [PRODUCTS[p] for p in page["applies_to"] if p in PRODUCTS]
    return row


def exchange_rights() -> dict[str, Any]:
    """Application roles with the Graph permissions they equal; what an access policy narrows; calendars' names."""
    everything = reference("exchange/cmdlets.json")
    return {
        "roles": everything["application_roles"],
        "access_policy_permissions": everything["application_access_policy_permissions"],
        "calendar_names": sorted(set(reference("exchange/calendar_folder_names.json")["names"].values())),
    }


EXCHANGE_CMDLETS = [
    "Add-DistributionGroupMember",
    "Add-MailboxFolderPermission",
    "Add-MailboxPermission",
    "Connect-ExchangeOnline",
    "Disconnect-ExchangeOnline",
    "Get-ApplicationAccessPolicy",
    "Get-CalendarProcessing",
    "Get-ConnectionInformation",
    "Get-DistributionGroup",
    "Get-DistributionGroupMember",
    "Get-DynamicDistributionGroup",
    "Get-EXOMailbox",
    "Get-EXOMailboxFolderPermission",
    "Get-EXOMailboxFolderStatistics",
    "Get-EXORecipient",
    "Get-Group",
    "Get-Mailbox",
    "Get-MailboxFolderPermission",
    "Get-MailboxFolderStatistics",
    "Get-MailboxPermission",
    "Get-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Get-OrganizationConfig",
    "Get-Recipient",
    "Get-ServicePrincipal",
    "New-ApplicationAccessPolicy",
    "New-DistributionGroup",
    "New-Mailbox",
    "New-ManagementRoleAssignment",
    "New-ManagementScope",
    "New-ServicePrincipal",
    "Remove-ApplicationAccessPolicy",
    "Remove-DistributionGroup",
    "Remove-DistributionGroupMember",
    "Remove-Mailbox",
    "Remove-MailboxFolderPermission",
    "Remove-MailboxPermission",
    "Remove-ManagementRoleAssignment",
    "Remove-ManagementScope",
    "Remove-ServicePrincipal",
    "Set-CalendarProcessing",
    "Set-MailboxFolderPermission",
    "Set-OrganizationConfig",
    "Test-ApplicationAccessPolicy",
    "Test-ServicePrincipalAuthorization",
]


def exchange_cmdlets() -> dict[str, Any]:
    """What the cmdlets of the simulated Exchange accept: `product name` of 2007 apart, else name -> what it takes.

    {products, whatIf,
    sets: [{name, mandatory, optional}], parameters: {name: {type, products?, position?, pipeline?}}}.
    A `type` is text, texts, bool, switch, int, secret or any.
    """
    everything = reference("exchange/cmdlets.json")
    table = {name: _simulated(everything["exchange"][name]) for name in EXCHANGE_CMDLETS}
    table |= {f"2007 {name}": _simulated(page) for name, page in everything["exchange_2007"].items()}
    return table


def _simulated(page: dict[str, Any]) -> dict[str, Any]:
    sets = [{key: s.get(key, []) for key in ("name", "mandatory", "optional")} for s in page["parameter_sets"]]
    products = [PRODUCTS[p] for p in page.get("applies_to", []) if p in PRODUCTS] or ["2007"]
    parameters = {name: _simulated_parameter(p, products) for name, p in sorted(page["parameters"].items())}
    return {"products": products, "whatIf": page["should_process"], "sets": sets, "parameters": parameters}


def _simulated_parameter(parameter: dict[str, Any], products: list[str]) -> dict[str, Any]:
    kinds = {"switch": "switch", "bool": "bool", "int": "int", "uint32": "int", "string": "text", "string[]": "texts"}
    kinds |= {"object[]": "texts", "securestring": "secret", "guid": "text", "object": "any"}
    made: dict[str, Any] = {"type": kinds.get(parameter["stub"], "any")}
    of = [PRODUCTS[p] for p in parameter.get("applies_to", []) if p in PRODUCTS]
    if parameter.get("applies_to") and of != products:
        made["products"] = of
    made |= {key: parameter[key] for key in ("position", "pipeline", "values") if parameter.get(key)}
    return made


def exchange_words() -> dict[str, Any]:
    """Words of Exchange: roles of apps, rights of folder roles, calendar names by language."""
    everything = reference("exchange/cmdlets.json")
    return {
        "application_roles": everything["application_roles"],
        "policy_permissions": everything["application_access_policy_permissions"],
        "folder_roles": everything["folder_roles"],
        "calendar_names": reference("exchange/calendar_folder_names.json")["names"],
    }
