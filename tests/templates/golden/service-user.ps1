#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Makes the service user that a calendar sync signs in as.

.DESCRIPTION
    Makes a user with a mailbox, with the password that you type and no admin role, unless there is one. It needs an
    Exchange Online licence within 30 days. A sync with an app registration of its own needs no such user.

    The role ApplicationImpersonation, which such users used to have, is gone from Exchange Online since February 2025.
    What takes its place: an app registration with RBAC for Applications (the rbac script), or Reviewer on the
    calendars for this user (the reviewer script).

    Running it again changes nothing that is right already. It signs in unless Exchange Online is connected.

.PARAMETER CertificateThumbprint
    Signs in as the app SignInAppId with this certificate of the current user (Windows); needs Organization.

.PARAMETER SignInAppId
    The app that signs in by certificate. Not the app that this script is about.

.PARAMETER Organization
    The tenant's primary onmicrosoft.com domain, for sign-in by certificate or managed identity.

.PARAMETER ManagedIdentity
    Signs in as the managed identity of the machine; needs Organization.

.PARAMETER Password
    The password of a new user, for runs without a person; otherwise it is asked for. An old user keeps its own.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder. Changes are also listed in a
    journal beside it (.journal), which the teardown script reads.

.EXAMPLE
    .\service-user.ps1 -WhatIf

    Shows what would change and changes nothing.

.EXAMPLE
    .\service-user.ps1 -Confirm:$false

    Asks for a password and makes the user.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$CertificateThumbprint,
    [string]$SignInAppId,
    [string]$Organization,
    [switch]$ManagedIdentity,
    [System.Security.SecureString]$Password,
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
$resultName = 'service-user-contoso-bredband2.result.json'
$userName = 'monitor@contoso.com'
$displayName = 'Övervakning'

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

    Write-Warning -Message 'ApplicationImpersonation is gone from Exchange Online; see the help of this script.'

    # The user, if it is there
    $filter = 'UserPrincipalName -eq ''{0}''' -f $userName.Replace('''', '''''')
    $users = @()
    foreach ($mailbox in @(Get-Mailbox -Filter $filter -ErrorAction Stop)) {
        if ([string]::Equals([string]$mailbox.UserPrincipalName, $userName, $ignoreCase)) {
            $users += $mailbox
        }
    }
    if ($users.Count -gt 1) {
        throw ('{0} names {1} mailboxes.' -f $userName, $users.Count)
    }
    $made = $false
    if ($users.Count -eq 0 -and $PSCmdlet.ShouldProcess($userName, 'Make a user with a mailbox')) {
        if (-not $Password) {
            $Password = Read-Host -Prompt ('Password for {0}' -f $userName) -AsSecureString
        }
        $new = @{
            Name = $userName.Split('@')[0]
            DisplayName = $displayName
            MicrosoftOnlineServicesID = $userName
            Password = $Password
            ResetPasswordOnNextLogon = $false
        }
        $users = @(New-Mailbox @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop)
        $made = $true
    }
    $userId = ''
    foreach ($user in $users) {
        $userId = [string]$user.Guid
        if (-not $made -and [string]$user.RecipientTypeDetails -ne 'UserMailbox') {
            throw ('{0} is a {1}, not the mailbox of a user.' -f $userName, $user.RecipientTypeDetails)
        }
    }
    if ($made) {
        Add-Change -Action 'make mailbox' -Target $userName -Id $userId
    }

    $result = '' | Select-Object -Property @('Script', 'WhatIf', 'User', 'Id', 'Made', 'Changes')
    $result.Script = 'service-user'
    $result.WhatIf = [bool]$WhatIfPreference
    $result.User = $userName
    $result.Id = $userId
    $result.Made = $made
    $result.Changes = $changes.ToArray()

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        $null = Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
