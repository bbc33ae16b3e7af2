#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Takes back what the other scripts of this integration made, and only that.

.DESCRIPTION
    Reads the journals that the other scripts kept beside their results, and undoes each change, the last one first.
    What is gone, or is not any more as our script left it, is left and told. A mailbox that was made is left: remove
    it by hand.

    Without its access policy an app reaches every mailbox as long as it has its permission in Entra. So policies, and
    the groups that policies are about, are left unless you say -IncludePolicies.

    Running it again changes nothing that is right already. It signs in unless Exchange Online is connected.

.PARAMETER CertificateThumbprint
    Signs in as the app SignInAppId with this certificate of the current user (Windows); needs Organization.

.PARAMETER SignInAppId
    The app that signs in by certificate. Not the app that this script is about.

.PARAMETER Organization
    The tenant's primary onmicrosoft.com domain, for sign-in by certificate or managed identity.

.PARAMETER ManagedIdentity
    Signs in as the managed identity of the machine; needs Organization.

.PARAMETER JournalFolder
    Where the journals are; by default the current folder.

.PARAMETER IncludePolicies
    Removes access policies too. Use it only after the app's permissions are withdrawn in Entra.

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
    [string]$CertificateThumbprint,
    [string]$SignInAppId,
    [string]$Organization,
    [switch]$ManagedIdentity,
    [string]$JournalFolder,
    [switch]$IncludePolicies,
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
    $policies = @(Get-ApplicationAccessPolicy -ErrorAction Stop)

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
                foreach ($policy in $policies) {
                    foreach ($group in $groups) {
                        $ending = ';' + [string]$group.ExternalDirectoryObjectId
                        if (([string]$policy.ScopeIdentityRaw).EndsWith($ending, $ignoreCase)) {
                            $inPolicy = $true
                        }
                    }
                }
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
            } elseif ($what -eq 'make policy') {
                # The policy of one app for one group
                $found = @()
                foreach ($policy in $policies) {
                    $apps = @(([string]@($policy.AppId)) -split '[ ,]+')
                    $ofGroup = ([string]$policy.ScopeIdentityRaw).EndsWith(';' + $id, $ignoreCase)
                    if ($ofGroup -and $apps.Count -eq 1 -and [string]::Equals($apps[0], $target, $ignoreCase)) {
                        $found += $policy
                    }
                }
                if ($found.Count -gt 0 -and -not $IncludePolicies) {
                    $outcome = 'is left: withdraw the permission in Entra, then say -IncludePolicies'
                } elseif ($found.Count -eq 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Remove the access policy')) {
                        $remove = @{ Identity = [string]$found[0].Identity; Confirm = $false }
                        $null = Remove-ApplicationAccessPolicy @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $policies = @(Get-ApplicationAccessPolicy -ErrorAction Stop)
                        $outcome = 'undone'
                    }
                }
            } elseif ($what -eq 'assign role') {
                # The assignment by its name and role
                $found = @()
                foreach ($assignment in @(Get-ManagementRoleAssignment -ErrorAction Stop)) {
                    $sameName = [string]::Equals([string]$assignment.Name, $id, $ignoreCase)
                    if ($sameName -and [string]::Equals([string]$assignment.Role, $target, $ignoreCase)) {
                        $found += $assignment
                    }
                }
                if ($found.Count -eq 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Remove the role assignment')) {
                        $remove = @{ Identity = $id; Confirm = $false }
                        $null = Remove-ManagementRoleAssignment @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $outcome = 'undone'
                    }
                }
            } elseif ($what -eq 'make scope') {
                # The scope by its name and filter, where no assignment uses it
                $found = @()
                foreach ($scope in @(Get-ManagementScope -ErrorAction Stop)) {
                    $scopeFilter = ([string]$scope.RecipientFilter).Trim('(', ')', ' ')
                    $sameName = [string]::Equals([string]$scope.Name, $id, $ignoreCase)
                    if ($sameName -and [string]::Equals($scopeFilter, $target, $ignoreCase)) {
                        $found += $scope
                    }
                }
                $users = @()
                foreach ($assignment in @(Get-ManagementRoleAssignment -ErrorAction Stop)) {
                    if ([string]::Equals([string]$assignment.CustomResourceScope, $id, $ignoreCase)) {
                        $users += $assignment
                    }
                }
                if ($found.Count -eq 1 -and $users.Count -gt 0) {
                    $outcome = 'is left: a role assignment uses it'
                } elseif ($found.Count -eq 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Remove the management scope')) {
                        $remove = @{ Identity = $id; Confirm = $false }
                        $null = Remove-ManagementScope @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $outcome = 'undone'
                    }
                }
            } elseif ($what -eq 'make pointer') {
                # Exchange's pointer to the app by both of its ids, where it has no right any more
                $found = @()
                foreach ($pointer in @(Get-ServicePrincipal -ErrorAction Stop)) {
                    $sameApp = [string]::Equals([string]$pointer.AppId, $target, $ignoreCase)
                    if ($sameApp -and [string]::Equals([string]$pointer.ObjectId, $id, $ignoreCase)) {
                        $found += $pointer
                    }
                }
                $rights = @()
                if ($found.Count -eq 1) {
                    $test = @{ Identity = $id; Confirm = $false }
                    $rights = @(Test-ServicePrincipalAuthorization @test -WhatIf:$false -ErrorAction Stop)
                }
                if ($rights.Count -gt 0) {
                    $outcome = 'is left: it has other rights'
                } elseif ($found.Count -eq 1) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Remove the pointer to the app')) {
                        $remove = @{ Identity = $id; Confirm = $false }
                        $null = Remove-ServicePrincipal @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                        $outcome = 'undone'
                    }
                }
            } elseif ($what -eq 'allow EWS') {
                # The list of apps that may use EWS, without the app
                $settings = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy -ErrorAction Stop
                $config = $settings | Select-Object -Property 'EwsAllowedAppIDs'
                $others = @()
                $listed = $false
                foreach ($app in ([string]$config.EwsAllowedAppIDs).Split(',')) {
                    if ([string]::Equals($app.Trim(), $id, $ignoreCase)) {
                        $listed = $true
                    } elseif ($app.Trim()) {
                        $others += $app.Trim()
                    }
                }
                if ($listed) {
                    $outcome = 'not confirmed'
                    if ($PSCmdlet.ShouldProcess($asked, 'Take off the list of apps that may use EWS')) {
                        $set = @{ EwsAllowedAppIDs = $null; Confirm = $false }
                        if ($others.Count -gt 0) {
                            $set.EwsAllowedAppIDs = [string]::Join(',', $others)
                        }
                        $null = Set-OrganizationConfig @set -WhatIf:$WhatIfPreference -ErrorAction Stop
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
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        $null = Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
