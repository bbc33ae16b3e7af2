#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Gives an app rights in the mailboxes of one group by RBAC for Applications.

.DESCRIPTION
    Makes Exchange's pointer to the app, a management scope for the members of the group (or takes an administrative
    unit), and one role assignment for each right, unless they exist. Then it asks Exchange about sample mailboxes.

    These rights add to those that Entra grants. While the same permission is granted in Entra, the app still reaches
    every mailbox: withdraw that grant. After a change it can take up to two hours until Graph follows.

    Running it again changes nothing that is right already. It signs in unless Exchange Online is connected.

.PARAMETER CertificateThumbprint
    Signs in as the app SignInAppId with this certificate of the current user (Windows); needs Organization.

.PARAMETER SignInAppId
    The app that signs in by certificate. Not the app that this script is about.

.PARAMETER Organization
    The tenant's primary onmicrosoft.com domain, for sign-in by certificate or managed identity.

.PARAMETER ManagedIdentity
    Signs in as the managed identity of the machine; needs Organization.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder. Changes are also listed in a
    journal beside it (.journal), which the teardown script reads.

.EXAMPLE
    .\rbac.ps1 -WhatIf

    Shows what would change and changes nothing.

.EXAMPLE
    .\rbac.ps1 -Confirm:$false

    Makes the changes without asking.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$CertificateThumbprint,
    [string]$SignInAppId,
    [string]$Organization,
    [switch]$ManagedIdentity,
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
$environment = 'O365USGovGCCHigh'
$resultName = 'rbac-contoso-rooms.result.json'
$appId = '0a1b2c3d-1111-4222-8333-444455556666'
$servicePrincipalId = '7c6b5a49-1111-4222-8333-444455556666'
$name = 'Tenantry contoso rooms'
$administrativeUnit = '5d4c3b2a-1111-4222-8333-444455556666'
$assignments = @(
    @{ Role = 'Application Calendars.ReadWrite'; Name = 'Calendars.ReadWrite 0a1b2c3d-1111-4222-8333-444455556666' }
)
$samplesInside = @(
    'åsa@contoso.com'
)
$samplesOutside = @(
    'ceo@contoso.com'
)

$ignoreCase = [System.StringComparison]::OrdinalIgnoreCase
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
if (-not $ResultPath) {
    $ResultPath = $resultName
}
$resultFile = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($ResultPath)
$null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($resultFile))

# Appends one line to a CSV file
function Add-Line {
    [CmdletBinding()]
    param(
        [string]$Path,
        [string[]]$Value
    )
    $cells = @()
    foreach ($text in $Value) {
        $oneLine = $text.Replace([string][char]13, '').Replace([string][char]10, ' ')
        $cells += '"' + $oneLine.Replace('"', '""') + '"'
    }
    [System.IO.File]::AppendAllText($Path, [string]::Join(',', $cells) + [System.Environment]::NewLine, $utf8)
}

$changes = New-Object -TypeName System.Collections.ArrayList
$journalFile = $resultFile + '.journal'

# Keeps a change that was made: in the journal, and in the result
function Add-Change {
    [CmdletBinding()]
    param(
        [string]$Action,
        [string]$Target,
        [string]$Id,
        [string]$Before
    )
    if (-not [System.IO.File]::Exists($journalFile)) {
        Add-Line -Path $journalFile -Value @('Time', 'Action', 'Target', 'Id', 'Before')
    }
    $time = [System.DateTime]::UtcNow.ToString('s') + 'Z'
    Add-Line -Path $journalFile -Value @($time, $Action, $Target, $Id, $Before)
    $change = '' | Select-Object -Property @('Action', 'Target', 'Id', 'Before')
    $change.Action = $Action
    $change.Target = $Target
    $change.Id = $Id
    $change.Before = $Before
    $null = $changes.Add($change)
}

$connectedHere = $false
try {
    # Connect, unless connected; it is no change, so it happens under -WhatIf too
    $open = @(Get-ConnectionInformation -ErrorAction Stop | Select-Object -Property 'TenantID')
    if ($open.Count -eq 0) {
        $connect = @{ ShowBanner = $false; ExchangeEnvironmentName = $environment }
        if ($CertificateThumbprint) {
            $connect.CertificateThumbprint = $CertificateThumbprint
            $connect.AppId = $SignInAppId
            $connect.Organization = $Organization
        } elseif ($ManagedIdentity) {
            $connect.ManagedIdentity = $true
            $connect.Organization = $Organization
        }
        $whatIf = $WhatIfPreference
        $WhatIfPreference = $false
        $null = Connect-ExchangeOnline @connect -ErrorAction Stop
        $WhatIfPreference = $whatIf
        $connectedHere = $true
        $open = @(Get-ConnectionInformation -ErrorAction Stop | Select-Object -Property 'TenantID')
    }

    # It must be the right tenant
    foreach ($connection in $open) {
        $actual = [string]$connection.TenantID
        if ($actual -and $tenantId -and -not [string]::Equals($actual, $tenantId, $ignoreCase)) {
            throw ('Connected to tenant {0}, but this script is for {1}.' -f $actual, $tenantId)
        }
    }

    # The pointer: Exchange's name for the enterprise application
    $pointers = @()
    foreach ($pointer in @(Get-ServicePrincipal -ErrorAction Stop)) {
        if (-not [string]::Equals([string]$pointer.AppId, $appId, $ignoreCase)) {
            continue
        }
        if (-not [string]::Equals([string]$pointer.ObjectId, $servicePrincipalId, $ignoreCase)) {
            throw ('The pointer to the app has the wrong object id {0}. Remove it first.' -f $pointer.ObjectId)
        }
        $pointers += $pointer
    }
    if ($pointers.Count -eq 0 -and $PSCmdlet.ShouldProcess($appId, 'Make a pointer to the app')) {
        $new = @{
            AppId = $appId
            ObjectId = $servicePrincipalId
            DisplayName = $name
        }
        $null = New-ServicePrincipal @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
        Add-Change -Action 'make pointer' -Target $appId -Id $servicePrincipalId
    }

    # One assignment for each right
    $existing = @(Get-ManagementRoleAssignment -ErrorAction Stop)
    foreach ($assignment in $assignments) {
        $missing = $true
        foreach ($other in $existing) {
            if (-not [string]::Equals([string]$other.Name, $assignment.Name, $ignoreCase)) {
                continue
            }
            $missing = $false
            if (-not [string]::Equals([string]$other.Role, $assignment.Role, $ignoreCase)) {
                throw ('{0} is an assignment of {1}. Remove it by hand first.' -f $other.Name, $other.Role)
            }
        }
        if ($missing -and $PSCmdlet.ShouldProcess($assignment.Name, 'Assign the role')) {
            $new = @{
                Name = $assignment.Name
                Role = $assignment.Role
                App = $servicePrincipalId
                RecipientAdministrativeUnitScope = $administrativeUnit
            }
            $null = New-ManagementRoleAssignment @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
            Add-Change -Action 'assign role' -Target $assignment.Role -Id $assignment.Name
        }
    }

    # What Exchange says about the samples (under -WhatIf: as it is now)
    $samples = @()
    foreach ($mailbox in $samplesInside) {
        $samples += [ordered]@{ Mailbox = $mailbox; Expected = '1 of 1 rights'; Actual = '' }
    }
    foreach ($mailbox in $samplesOutside) {
        $samples += [ordered]@{ Mailbox = $mailbox; Expected = '0 of 1 rights'; Actual = '' }
    }
    foreach ($sample in $samples) {
        if ($pointers.Count -eq 0 -and $WhatIfPreference) {
            continue
        }
        $test = @{
            Identity = $servicePrincipalId
            Resource = $sample.Mailbox
        }
        $rights = @(Test-ServicePrincipalAuthorization @test -Confirm:$false -WhatIf:$false -ErrorAction Stop)
        $count = 0
        foreach ($assignment in $assignments) {
            foreach ($right in $rights) {
                $sameRole = [string]::Equals([string]$right.RoleName, $assignment.Role, $ignoreCase)
                if ($sameRole -and [string]$right.InScope -eq 'True') {
                    $count += 1
                    break
                }
            }
        }
        $sample.Actual = '{0} of {1} rights' -f $count, $assignments.Count
    }
    $wrong = @($samples | Where-Object -FilterScript { $_.Actual -and $_.Actual -ne $_.Expected })
    foreach ($sample in $wrong) {
        Write-Warning -Message ('{0}: {1}, expected {2}.' -f $sample.Mailbox, $sample.Actual, $sample.Expected)
    }
    Write-Warning -Message 'Entra must not grant the same permissions, or the app still reaches every mailbox.'

    $result = [ordered]@{
        Script = 'rbac'
        WhatIf = [bool]$WhatIfPreference
        App = $appId
        Changes = $changes.ToArray()
        Samples = @($samples)
        Wrong = $wrong.Count
    }

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        $null = Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
