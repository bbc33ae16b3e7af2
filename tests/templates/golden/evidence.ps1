#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Writes down which apps may reach which mailboxes, as evidence for an audit.

.DESCRIPTION
    Reads application access policies, service principals, management scopes, the role assignments of apps, and who is
    in their groups and scopes. Writes one JSON file for each into a folder. Changes nothing in the tenant.
    Of people it takes the address and ids only.

    Running it again changes nothing that is right already. It signs in unless Exchange Online is connected.

.PARAMETER CertificateThumbprint
    Signs in as the app SignInAppId with this certificate of the current user (Windows); needs Organization.

.PARAMETER SignInAppId
    The app that signs in by certificate. Not the app that this script is about.

.PARAMETER Organization
    The tenant's primary onmicrosoft.com domain, for sign-in by certificate or managed identity.

.PARAMETER ManagedIdentity
    Signs in as the managed identity of the machine; needs Organization.

.PARAMETER OutFolder
    Where the files are written; by default the folder "exchange" in the current folder.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder.

.EXAMPLE
    .\evidence.ps1 -OutFolder .\snapshot\exchange

    Writes the files into the folder exchange of a snapshot.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
param(
    [string]$CertificateThumbprint,
    [string]$SignInAppId,
    [string]$Organization,
    [switch]$ManagedIdentity,
    [string]$OutFolder,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# What to work on
$tenantId = '8f0c7e3a-1111-4222-8333-444455556666'
$environment = 'O365China'
$resultName = 'evidence-contoso.result.json'

$ignoreCase = [System.StringComparison]::OrdinalIgnoreCase
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
$changes = @()
$connectedHere = $false
try {
    # Connect, unless connected; then make sure that it is the right tenant
    if (@(Get-ConnectionInformation -ErrorAction Stop).Count -eq 0) {
        $connect = @{ ShowBanner = $false; ExchangeEnvironmentName = $environment }
        if ($CertificateThumbprint) {
            $connect.CertificateThumbprint = $CertificateThumbprint
            $connect.AppId = $SignInAppId
            $connect.Organization = $Organization
        } elseif ($ManagedIdentity) {
            $connect.ManagedIdentity = $true
            $connect.Organization = $Organization
        }
        Connect-ExchangeOnline @connect -ErrorAction Stop
        $connectedHere = $true
    }
    foreach ($connection in @(Get-ConnectionInformation -ErrorAction Stop)) {
        if ($tenantId -and -not [string]::Equals([string]$connection.TenantID, $tenantId, $ignoreCase)) {
            throw ('Connected to tenant {0}, but this script is for {1}.' -f $connection.TenantID, $tenantId)
        }
    }

    $collected = [System.DateTime]::UtcNow.ToString('s') + 'Z'
    $anyCase = [System.StringComparer]::OrdinalIgnoreCase
    $exports = [ordered]@{}

    # Application access policies, one row for each app
    $policies = @(Get-ApplicationAccessPolicy -ErrorAction Stop)
    $rows = @()
    foreach ($policy in $policies) {
        foreach ($appId in @($policy.AppId)) {
            $rows += [ordered]@{
                Identity = [string]$policy.Identity
                AppId = [string]$appId
                AccessRight = [string]$policy.AccessRight
                ScopeName = [string]$policy.ScopeName
                ScopeIdentity = [string]$policy.ScopeIdentity
                ScopeIdentityRaw = [string]$policy.ScopeIdentityRaw
                IsValid = [string]$policy.IsValid
            }
        }
    }
    $exports['Get-ApplicationAccessPolicy'] = @{ Parameters = @{}; Items = $rows }

    # Who is in the groups of these policies, nested groups included
    $scopeIds = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
    foreach ($policy in $policies) {
        $null = $scopeIds.Add(([string]$policy.ScopeIdentityRaw).Split(';')[-1])
    }
    $rows = @()
    foreach ($scopeId in $scopeIds) {
        if ($scopeId -notmatch '^[0-9A-Fa-f-]{36}$') {
            Write-Warning -Message ('Who is in the group {0} cannot be told.' -f $scopeId)
            continue
        }
        $filter = 'ExternalDirectoryObjectId -eq ''{0}''' -f $scopeId
        $seen = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
        $queue = New-Object -TypeName 'System.Collections.Generic.Queue[object]'
        foreach ($recipient in @(Get-Recipient -Filter $filter -ErrorAction Stop)) {
            $queue.Enqueue($recipient)
        }
        while ($queue.Count -gt 0) {
            $recipient = $queue.Dequeue()
            if (-not $seen.Add([string]$recipient.Guid)) {
                continue
            }
            $rows += [ordered]@{
                Group = $scopeId
                ExternalDirectoryObjectId = [string]$recipient.ExternalDirectoryObjectId
                PrimarySmtpAddress = [string]$recipient.PrimarySmtpAddress
                RecipientTypeDetails = [string]$recipient.RecipientTypeDetails
            }
            if ([string]$recipient.RecipientTypeDetails -like 'MailUniversal*Group') {
                $list = @{
                    Identity = [string]$recipient.Guid
                    ResultSize = 'Unlimited'
                }
                foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
                    $queue.Enqueue($member)
                }
            }
        }
    }
    $exports['Get-DistributionGroupMember'] = @{ Parameters = @{ ResultSize = 'Unlimited' }; Items = $rows }

    # Exchange's pointers to apps
    $columns = @(
        'AppId'
        'ObjectId'
        'DisplayName'
        'Identity'
        'Name'
        'Guid'
    )
    $rows = @()
    foreach ($pointer in @(Get-ServicePrincipal -ErrorAction Stop | Select-Object -Property $columns)) {
        $rows += [ordered]@{
            AppId = [string]$pointer.AppId
            ObjectId = [string]$pointer.ObjectId
            DisplayName = [string]$pointer.DisplayName
            Identity = [string]$pointer.Identity
            Name = [string]$pointer.Name
            Guid = [string]$pointer.Guid
        }
    }
    $exports['Get-ServicePrincipal'] = @{ Parameters = @{}; Items = $rows }

    # What RBAC for Applications gives to apps; Select-Object gives every row the same columns
    $scopeNames = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
    $columns = @(
        'Identity'
        'Name'
        'Role'
        'RoleAssignee'
        'RoleAssigneeName'
        'RoleAssigneeType'
        'CustomResourceScope'
        'RecipientWriteScope'
        'RecipientAdministrativeUnitScope'
        'RecipientGroupScope'
        'Enabled'
    )
    $rows = @()
    foreach ($assignment in @(Get-ManagementRoleAssignment -ErrorAction Stop | Select-Object -Property $columns)) {
        if ([string]$assignment.RoleAssigneeType -ne 'ServicePrincipal') {
            continue
        }
        $null = $scopeNames.Add([string]$assignment.CustomResourceScope)
        $rows += [ordered]@{
            Identity = [string]$assignment.Identity
            Name = [string]$assignment.Name
            Role = [string]$assignment.Role
            RoleAssignee = [string]$assignment.RoleAssignee
            RoleAssigneeName = [string]$assignment.RoleAssigneeName
            RoleAssigneeType = [string]$assignment.RoleAssigneeType
            CustomResourceScope = [string]$assignment.CustomResourceScope
            RecipientWriteScope = [string]$assignment.RecipientWriteScope
            RecipientAdministrativeUnitScope = [string]$assignment.RecipientAdministrativeUnitScope
            RecipientGroupScope = [string]$assignment.RecipientGroupScope
            Enabled = [string]$assignment.Enabled
        }
    }
    $parameters = @{ RoleAssigneeType = 'ServicePrincipal' }
    $exports['Get-ManagementRoleAssignment'] = @{ Parameters = $parameters; Items = $rows }

    # The scopes of these assignments, and who is in them
    $scopes = @(Get-ManagementScope -ErrorAction Stop | Where-Object -FilterScript { $scopeNames.Contains($_.Name) })
    $rows = @()
    foreach ($scope in $scopes) {
        $rows += [ordered]@{
            Name = [string]$scope.Name
            RecipientFilter = [string]$scope.RecipientFilter
            RecipientRoot = [string]$scope.RecipientRoot
        }
    }
    $exports['Get-ManagementScope'] = @{ Parameters = @{}; Items = $rows }
    $rows = @()
    foreach ($scope in $scopes) {
        $filter = [string]$scope.RecipientFilter
        if (-not $filter) {
            continue
        }
        foreach ($recipient in @(Get-Recipient -Filter $filter -ResultSize Unlimited -ErrorAction Stop)) {
            $rows += [ordered]@{
                Scope = [string]$scope.Name
                ExternalDirectoryObjectId = [string]$recipient.ExternalDirectoryObjectId
                PrimarySmtpAddress = [string]$recipient.PrimarySmtpAddress
                RecipientTypeDetails = [string]$recipient.RecipientTypeDetails
            }
        }
    }
    $exports['Get-Recipient'] = @{ Parameters = @{ ResultSize = 'Unlimited' }; Items = $rows }

    # One file for each
    if (-not $OutFolder) {
        $OutFolder = 'exchange'
    }
    $folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutFolder)
    if ($PSCmdlet.ShouldProcess($folder, 'Write the evidence')) {
        $null = [System.IO.Directory]::CreateDirectory($folder)
        foreach ($cmdlet in $exports.Keys) {
            $export = [ordered]@{
                cmdlet = $cmdlet
                parameters = $exports[$cmdlet].Parameters
                collected = $collected
                items = @($exports[$cmdlet].Items)
            }
            $file = Join-Path -Path $folder -ChildPath ($cmdlet + '.json')
            [System.IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject $export -Depth 5), $utf8)
            $changes += [ordered]@{ Action = 'write file'; Target = $file }
        }
    }

    $result = [ordered]@{
        Script = 'evidence'
        WhatIf = [bool]$WhatIfPreference
        Collected = $collected
        Changes = @($changes)
    }

    # The result, as a file and as an object
    if (-not $ResultPath) {
        $ResultPath = $resultName
    }
    $resultFile = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($ResultPath)
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
