#Requires -Version 2.0
# Product: 2019

<#
.SYNOPSIS
    Takes back what the other scripts of this integration made, and only that.

.DESCRIPTION
    Reads the journals that the other scripts kept beside their results, and undoes each change, the last one first.
    What is gone, or is not any more as our script left it, is left and told. A mailbox that was made is left: remove
    it by hand.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Server
    Full name of an Exchange server to connect to (Kerberos), where this is no Exchange Management Shell.

.PARAMETER JournalFolder
    Where the journals are; by default the current folder.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder.

.EXAMPLE
    .\teardown.ps1 -WhatIf

    Shows what would be removed and changes nothing.

.EXAMPLE
    .\teardown.ps1 -Confirm:$false

    Removes without asking.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$Server,
    [string]$JournalFolder,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What to work on
$resultName = 'teardown-contoso-bredband2.result.json'
$journals = @(
    'service-user-contoso-bredband2.result.json.journal'
    'rooms-contoso-bredband2.result.json.journal'
    'access-policy-contoso-bredband2.result.json.journal'
    'rbac-contoso-bredband2.result.json.journal'
    'rbac-migrate-contoso-bredband2.result.json.journal'
    'reviewer-contoso-bredband2.result.json.journal'
    'ews-allow-contoso-bredband2.result.json.journal'
)
$rightRole = 'Reviewer'

$ignoreCase = [System.StringComparison]::OrdinalIgnoreCase
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
if (-not $ResultPath) {
    $ResultPath = $resultName
}
$resultFile = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($ResultPath)
$null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($resultFile))

# Writes a value as JSON, which this PowerShell may not be able to do itself
function ConvertTo-JsonText {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        $Value
    )
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [bool]) {
        return $Value.ToString().ToLowerInvariant()
    }
    if ($Value -is [int]) {
        return $Value.ToString()
    }
    $parts = @()
    if ($Value -is [array]) {
        foreach ($item in $Value) {
            $parts += ConvertTo-JsonText -Value $item
        }
        return '[' + [string]::Join(', ', $parts) + ']'
    }
    if ($Value -isnot [string]) {
        foreach ($property in $Value.PSObject.Properties) {
            $parts += '"{0}": {1}' -f $property.Name, (ConvertTo-JsonText -Value $property.Value)
        }
        return '{' + [string]::Join(', ', $parts) + '}'
    }
    if ($Value -cmatch '^[ !#-\[\]-~]*\z') {
        return '"' + $Value + '"'
    }
    foreach ($char in $Value.ToCharArray()) {
        $parts += '\u{0:x4}' -f [int]$char
    }
    return '"' + [string]::Join('', $parts) + '"'
}

$session = $null
try {
    # Connect to the server named, if one is; it is no change, so it happens under -WhatIf too
    if ($Server) {
        $connect = @{
            ConfigurationName = 'Microsoft.Exchange'
            ConnectionUri = 'http://{0}/PowerShell/' -f $Server
            Authentication = 'Kerberos'
        }
        $whatIf = $WhatIfPreference
        $WhatIfPreference = $false
        $session = New-PSSession @connect -ErrorAction Stop
        $null = Import-PSSession -Session $session -DisableNameChecking -ErrorAction Stop
        $WhatIfPreference = $whatIf
    }

    # The changes that were made, and of each thing only the last one
    if (-not $JournalFolder) {
        $JournalFolder = '.'
    }
    $place = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($JournalFolder)
    $rows = @()
    foreach ($journal in $journals) {
        $file = Join-Path -Path $place -ChildPath $journal
        if ([System.IO.File]::Exists($file)) {
            $rows += @([System.IO.File]::ReadAllLines($file) | ConvertFrom-Csv)
        }
    }
    $seen = @{}
    $userName = ''
    $anyCase = [System.StringComparer]::OrdinalIgnoreCase
    $report = New-Object -TypeName System.Collections.ArrayList

    for ($number = $rows.Count - 1; $number -ge 0; $number--) {
        $row = $rows[$number]
        $what = [string]$row.Action
        $id = [string]$row.Id
        $key = '{0}|{1}|{2}' -f $what.Split(' ')[-1], $row.Target, $id
        if (-not $id -or $seen.ContainsKey($key)) {
            continue
        }
        $seen[$key] = $true
        $target = [string]$row.Target
        $outcome = 'is gone already'
        $asked = '{0} ({1})' -f $target, $id
        try {
            if ($what -like 'remove *' -or $what -like 'give back *') {
                $outcome = 'was undone by its own script'
            } elseif ($what -eq 'add right' -or $what -eq 'raise right') {
                # The user's entry on one calendar, where it is still what our script gave
                if (-not [string]::Equals($userName, $target, $ignoreCase)) {
                    $users = @(Get-Recipient -Identity $target -ErrorAction Stop)

                    # Whatever may name the user in a list of rights; some sessions show the identity only
                    $keys = @('Guid', 'PrimarySmtpAddress', 'Identity', 'DistinguishedName')
                    $user = $users[0] | Select-Object -Property $keys
                    $dictionary = 'System.Collections.Generic.Dictionary[string,string]'
                    $isUser = New-Object -TypeName $dictionary -ArgumentList $anyCase
                    foreach ($key in $keys) {
                        if ([string]$user.$key) {
                            $isUser[[string]$user.$key] = $key
                        }
                    }
                    $userName = $target
                }
                $folder = $id

                # What the user has there now
                $entry = $null
                $columns = @('User', 'AccessRights', 'SharingPermissionFlags')
                $rights = @(Get-MailboxFolderPermission -Identity $folder -ErrorAction Stop)
                foreach ($right in @($rights | Select-Object -Property $columns)) {
                    $who = $right.User | Select-Object -Property @('UserType', 'RecipientPrincipal', 'ADRecipient')
                    if ([string]$who.UserType -ne 'Internal') {
                        continue
                    }
                    foreach ($person in @($who.RecipientPrincipal, $who.ADRecipient)) {
                        if ($null -eq $person) {
                            continue
                        }
                        $ids = $person | Select-Object -Property @('Guid', 'PrimarySmtpAddress')
                        foreach ($key in @($ids.Guid, $ids.PrimarySmtpAddress, $person)) {
                            if ($isUser.ContainsKey([string]$key)) {
                                $entry = $right
                            }
                        }
                    }
                }
                if ($entry) {
                    $flags = [string]$entry.SharingPermissionFlags
                    $plain = $flags -eq '' -or $flags -eq 'None'
                    $same = [string]::Equals([string]@($entry.AccessRights), $rightRole, $ignoreCase)
                    $outcome = 'is not as it was made'
                    if ($same -and $plain) {
                        $outcome = 'not confirmed'
                    }
                }
                if ($outcome -eq 'not confirmed' -and $PSCmdlet.ShouldProcess($asked, 'Take back the right')) {
                    $call = @{ Identity = $id; User = $target; Confirm = $false }
                    if ($what -eq 'add right') {
                        $null = Remove-MailboxFolderPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                    } else {
                        $call.AccessRights = [string]$row.Before
                        $null = Set-MailboxFolderPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                    }
                    $outcome = 'undone'
                }
            } elseif ($what -eq 'set bookings') {
                # What the room did with bookings before
                $settings = ([string]$row.Before).Split(' ')
                $processing = Get-CalendarProcessing -Identity $id -ErrorAction Stop
                $now = $processing | Select-Object -Property $settings
                $set = @{ Identity = $id }
                foreach ($setting in $settings) {
                    if ([string]$now.$setting -eq 'False') {
                        $set[$setting] = $true
                    }
                }
                if ($set.Count -gt 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Treat bookings as before')) {
                        $null = Set-CalendarProcessing @set -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $outcome = 'undone'
                    }
                }
            } elseif ($what -eq 'add member' -or $what -eq 'make group') {
                # The group by its id; one that a policy is about stays, since the policy would change its meaning
                $groupId = $id.Split(' ')[0]
                $groups = @()
                foreach ($group in @(Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop)) {
                    if ([string]::Equals([string]$group.Guid, $groupId, $ignoreCase)) {
                        $groups += $group
                    }
                }
                $members = @()
                if ($groups.Count -eq 1) {
                    $list = @{ Identity = $groupId; ResultSize = 'Unlimited' }
                    $members = @(Get-DistributionGroupMember @list -ErrorAction Stop)
                }
                $inPolicy = $false
                if ($inPolicy) {
                    $outcome = 'is left: an access policy is about the group'
                } elseif ($what -eq 'add member') {
                    $found = $false
                    foreach ($member in $members) {
                        if ([string]::Equals([string]$member.Guid, $id.Split(' ')[1], $ignoreCase)) {
                            $found = $true
                        }
                    }
                    if ($found) {
                        $outcome = 'not confirmed'
                        if ($PSCmdlet.ShouldProcess($asked, 'Take out of the group')) {
                            $remove = @{
                                Identity = $groupId
                                Member = $id.Split(' ')[1]
                                BypassSecurityGroupManagerCheck = $true
                                Confirm = $false
                            }
                            $null = Remove-DistributionGroupMember @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                            $outcome = 'undone'
                        }
                    }
                } elseif ($members.Count -gt 0) {
                    $outcome = 'is left: somebody is still in it'
                } elseif ($groups.Count -eq 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Remove the group')) {
                        $remove = @{
                            Identity = $groupId
                            BypassSecurityGroupManagerCheck = $true
                            Confirm = $false
                        }
                        $null = Remove-DistributionGroup @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $outcome = 'undone'
                    }
                }
            } else {
                $outcome = 'is left: see to it by hand'
            }
        } catch {
            $outcome = 'failed: ' + $_.Exception.Message
        }
        $line = '' | Select-Object -Property @('Action', 'Target', 'Id', 'Outcome')
        $line.Action = $what
        $line.Target = $target
        $line.Id = $id
        $line.Outcome = $outcome
        $null = $report.Add($line)
        if ($outcome -ne 'undone') {
            Write-Warning -Message ('{0}: {1} {2}.' -f $what, $asked, $outcome)
        }
    }

    $result = '' | Select-Object -Property @('Script', 'WhatIf', 'Journals', 'Changes')
    $result.Script = 'teardown'
    $result.WhatIf = [bool]$WhatIfPreference
    $result.Journals = $place
    $result.Changes = $report.ToArray()

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-JsonText -Value $result), $utf8)
    $result
} finally {
    if ($session) {
        Remove-PSSession -Session $session -Confirm:$false -WhatIf:$false
    }
}
