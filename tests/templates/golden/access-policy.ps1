#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Keeps an app to the mailboxes of one group by an application access policy.

.DESCRIPTION
    Finds or makes a mail-enabled security group, adds members, and makes an application access policy for the app
    and that group, unless there is one. Then it asks Exchange about sample mailboxes.

    Application access policies are legacy: Microsoft asks for RBAC for Applications instead (the rbac script).
    After a change it can take more than an hour until Graph follows.

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
    .\access-policy.ps1 -WhatIf

    Shows what would change and changes nothing.

.EXAMPLE
    .\access-policy.ps1 -Confirm:$false

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
$environment = 'O365Default'
$resultName = 'access-policy-contoso-telia.result.json'
$appId = '0a1b2c3d-1111-4222-8333-444455556666'
$accessRight = 'RestrictAccess'
$groupName = 'switchboard@contoso.com'
$members = @(
    'o’’brien@contoso.com'
    'room-1@contoso.com'
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

    Write-Warning -Message 'Application access policies are legacy. Prefer RBAC for Applications (the rbac script).'

    # The group, found by its address or id, or made; it must be able to hold rights
    $groups = @()
    foreach ($group in @(Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop)) {
        $sameAddress = [string]::Equals([string]$group.PrimarySmtpAddress, $groupName, $ignoreCase)
        $sameId = [string]::Equals([string]$group.ExternalDirectoryObjectId, $groupName, $ignoreCase)
        if ($sameAddress -or $sameId) {
            $groups += $group
        }
    }
    if ($groups.Count -eq 0 -and -not $groupName.Contains('@')) {
        throw ('There is no group with the id {0}.' -f $groupName)
    }
    if ($groups.Count -eq 0 -and $PSCmdlet.ShouldProcess($groupName, 'Make a mail-enabled security group')) {
        $new = @{
            Name = $groupName.Split('@')[0]
            PrimarySmtpAddress = $groupName
            Type = 'Security'
        }
        $groups = @(New-DistributionGroup @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop)
        foreach ($group in $groups) {
            Add-Change -Action 'make group' -Target $groupName -Id ([string]$group.Guid)
        }
    }
    if ($groups.Count -eq 0 -and -not $WhatIfPreference) {
        throw 'There is no such group, and it was not made.'
    }
    if ($groups.Count -gt 1) {
        throw ('There are {0} groups with the address {1}.' -f $groups.Count, $groupName)
    }
    $groupId = ''
    $directoryId = ''
    foreach ($group in $groups) {
        if ([string]$group.RecipientTypeDetails -ne 'MailUniversalSecurityGroup') {
            throw ('{0} is a {1}, not a mail-enabled security group.' -f $groupName, $group.RecipientTypeDetails)
        }
        $groupId = [string]$group.Guid
        $directoryId = [string]$group.ExternalDirectoryObjectId
    }

    # Its members: what is missing is added, nobody is removed
    $anyCase = [System.StringComparer]::OrdinalIgnoreCase
    $present = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
    if ($groupId) {
        $list = @{ Identity = $groupId; ResultSize = 'Unlimited' }
        foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
            $null = $present.Add([string]$member.Guid)
        }
    }
    foreach ($address in $members) {
        $recipients = @(Get-Recipient -Identity $address -ErrorAction Stop)
        if ($recipients.Count -ne 1) {
            throw ('{0} names {1} recipients.' -f $address, $recipients.Count)
        }
        $memberId = [string]$recipients[0].Guid
        if ($present.Add($memberId) -and $PSCmdlet.ShouldProcess($address, 'Add to the group')) {
            $add = @{
                Identity = $groupId
                Member = $memberId
                BypassSecurityGroupManagerCheck = $true
            }
            $null = Add-DistributionGroupMember @add -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
            Add-Change -Action 'add member' -Target $address -Id ('{0} {1}' -f $groupId, $memberId)
        }
    }

    # The access policies of this app; those of all apps count for it too
    $every = @(Get-ApplicationAccessPolicy -ErrorAction Stop)
    $policies = @()
    foreach ($policy in $every) {
        $ofApp = $false
        foreach ($id in ([string]@($policy.AppId)) -split '[ ,]+') {
            if ($id -eq '*' -or [string]::Equals($id, $appId, $ignoreCase)) {
                $ofApp = $true
            }
        }
        if ($ofApp) {
            $policies += $policy
        }
    }

    # The one of this group; policies with other groups count too, so they are named
    $found = $false
    foreach ($policy in $policies) {
        $ofGroup = $directoryId -and ([string]$policy.ScopeIdentityRaw).EndsWith(';' + $directoryId, $ignoreCase)
        if (-not $ofGroup) {
            Write-Warning -Message ('Another policy counts too: {0} for {1}.' -f $policy.AccessRight, $policy.ScopeName)
        } elseif ([string]$policy.AccessRight -eq $accessRight) {
            $found = $true
        } else {
            throw ('The group has a policy with {0}. Remove it by hand first.' -f $policy.AccessRight)
        }
    }
    if (-not $found -and $PSCmdlet.ShouldProcess($appId, 'Make an application access policy')) {
        $new = @{
            AppId = $appId
            PolicyScopeGroupID = $groupId
            AccessRight = $accessRight
            Description = ' '
        }
        $null = New-ApplicationAccessPolicy @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
        Add-Change -Action 'make policy' -Target $appId -Id $directoryId
        Write-Warning -Message 'It can take more than an hour until Graph follows the new policy.'
    }

    # What Exchange says about the samples (under -WhatIf: as it is now)
    $samples = @()
    foreach ($mailbox in $samplesInside) {
        $samples += [ordered]@{ Mailbox = $mailbox; Expected = 'Granted'; Actual = '' }
    }
    foreach ($mailbox in $samplesOutside) {
        $samples += [ordered]@{ Mailbox = $mailbox; Expected = 'Denied'; Actual = '' }
    }

    # A new policy needs some minutes: ask until the answers are right, five minutes at most
    foreach ($attempt in 1..10) {
        foreach ($sample in $samples) {
            $answer = Test-ApplicationAccessPolicy -Identity $sample.Mailbox -AppId $appId -ErrorAction Stop
            $sample.Actual = [string]$answer.AccessCheckResult
        }
        $wrong = @($samples | Where-Object -FilterScript { $_.Actual -ne $_.Expected })
        if ($wrong.Count -eq 0 -or $changes.Count -eq 0) {
            break
        }
        Write-Warning -Message ('{0} answers are not right yet (attempt {1} of 10).' -f $wrong.Count, $attempt)
        Start-Sleep -Seconds 30
    }
    $wrong = @($samples | Where-Object -FilterScript { $_.Actual -and $_.Actual -ne $_.Expected })
    foreach ($sample in $wrong) {
        Write-Warning -Message ('{0}: {1}, expected {2}.' -f $sample.Mailbox, $sample.Actual, $sample.Expected)
    }

    $result = [ordered]@{
        Script = 'access-policy'
        WhatIf = [bool]$WhatIfPreference
        App = $appId
        Group = $directoryId
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
