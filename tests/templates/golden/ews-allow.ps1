#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Puts an app on the list of those that may still use EWS in Exchange Online.

.DESCRIPTION
    Reads the list (EwsAllowedAppIDs), adds the app where it is missing, and writes the whole list back, since
    each write replaces it. It can take 24 hours to act. EwsEnabled is reported and not changed.

    From 1 October 2026 Microsoft sets EwsEnabled to false, tenant by tenant, where it has not been set; where it is
    true, only the apps on the list get in, and nobody where the list is empty. On 1 April 2027 EWS ends for
    everybody. Move the app to Microsoft Graph before that day.

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
    .\ews-allow.ps1 -WhatIf

    Shows what would change and changes nothing.

.EXAMPLE
    .\ews-allow.ps1 -Confirm:$false

    Makes the change without asking.
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
$environment = 'O365Default'
$resultName = 'ews-allow-contoso-telia.result.json'
$appId = '0a1b2c3d-1111-4222-8333-444455556666'

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

    Write-Warning -Message 'EWS in Exchange Online ends on 1 April 2027. Move the app to Microsoft Graph before.'

    # The list as it is; a plain Get-OrganizationConfig would show it empty
    $settings = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy -ErrorAction Stop
    $config = $settings | Select-Object -Property @('EwsEnabled', 'EwsAllowedAppIDs')
    $before = [string]$config.EwsAllowedAppIDs
    $listed = @()
    $missing = $true
    foreach ($id in $before.Split(',')) {
        if ($id.Trim()) {
            $listed += $id.Trim()
        }
        if ([string]::Equals($id.Trim(), $appId, $ignoreCase)) {
            $missing = $false
        }
    }
    $enabled = [string]$config.EwsEnabled
    if ($enabled -ne 'True') {
        Write-Warning -Message ('EwsEnabled is "{0}", so no app gets in from 1 October 2026 on.' -f $enabled)
    }
    if ($listed.Count -eq 0) {
        Write-Warning -Message 'The list was empty. Every other app that uses EWS must be put on it too.'
    }

    # The whole list with the app
    if ($missing) {
        $listed += $appId
    }
    $after = [string]::Join(',', $listed)
    if ($missing -and $PSCmdlet.ShouldProcess($appId, 'Put on the list of apps that may use EWS')) {
        $set = @{ EwsAllowedAppIDs = $after }
        $null = Set-OrganizationConfig @set -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
        Add-Change -Action 'allow EWS' -Target $appId -Id $appId -Before $before
        Write-Warning -Message 'It can take 24 hours until Exchange follows.'
    }

    $result = [ordered]@{
        Script = 'ews-allow'
        WhatIf = [bool]$WhatIfPreference
        App = $appId
        EwsEnabled = $enabled
        Before = $before
        Wanted = $after
        Changes = $changes.ToArray()
    }

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        $null = Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
