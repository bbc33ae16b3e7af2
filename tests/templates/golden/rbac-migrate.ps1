#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Moves an app from application access policies to RBAC for Applications, in two phases.

.DESCRIPTION
    Phase one reads the RestrictAccess policies of the app, puts every mailbox they let it into (nested groups taken
    apart, since RBAC counts direct members only) into one group, and gives the app the same rights there by RBAC for
    Applications. The policies stay, so the app reaches exactly what it reached before.

    Then withdraw the same permissions of the app in Entra and wait two hours. Only after that run phase two with
    -Finish: it removes the policies of this app. The other way round the app would reach every mailbox.

    A DenyAccess policy has no counterpart in RBAC; with one the script stops and changes nothing. A policy that names
    other apps too is left; it does not narrow rights by RBAC.

    Running it again changes nothing that is right already. It signs in unless Exchange Online is connected.

.PARAMETER CertificateThumbprint
    Signs in as the app SignInAppId with this certificate of the current user (Windows); needs Organization.

.PARAMETER SignInAppId
    The app that signs in by certificate. Not the app that this script is about.

.PARAMETER Organization
    The tenant's primary onmicrosoft.com domain, for sign-in by certificate or managed identity.

.PARAMETER ManagedIdentity
    Signs in as the managed identity of the machine; needs Organization.

.PARAMETER Finish
    Phase two: removes the policies. Use it only after the permissions are withdrawn in Entra.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder. Changes are also listed in a
    journal beside it (.journal), which the teardown script reads.

.EXAMPLE
    .\rbac-migrate.ps1 -WhatIf

    Shows what phase one would change and changes nothing.

.EXAMPLE
    .\rbac-migrate.ps1 -Confirm:$false

    Phase one, without asking.

.EXAMPLE
    .\rbac-migrate.ps1 -Finish -Confirm:$false

    Phase two, after the permissions are withdrawn in Entra.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$CertificateThumbprint,
    [string]$SignInAppId,
    [string]$Organization,
    [switch]$ManagedIdentity,
    [switch]$Finish,
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
$resultName = 'rbac-migrate-contoso-telia.result.json'
$appId = '0a1b2c3d-1111-4222-8333-444455556666'
$servicePrincipalId = '7c6b5a49-1111-4222-8333-444455556666'
$name = 'Tenantry contoso telia'
$groupName = 'switchboard-rbac@contoso.com'
$assignments = @(
    @{ Role = 'Application Calendars.Read'; Name = 'Calendars.Read 0a1b2c3d-1111-4222-8333-444455556666' }
)
$permissions = @('Calendars.Read')

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

# Gives who is in the scope of a policy: groups, and the members of nested groups too
function Get-Reach {
    [CmdletBinding()]
    param(
        $Policy
    )
    $seen = @{}
    $queue = New-Object -TypeName 'System.Collections.Generic.Queue[object]'
    $scopeId = ([string]$Policy.ScopeIdentityRaw).Split(';')[-1]
    $filter = 'ExternalDirectoryObjectId -eq ''{0}''' -f $scopeId.Replace('''', '''''')
    foreach ($recipient in @(Get-Recipient -Filter $filter -ErrorAction Stop)) {
        $queue.Enqueue($recipient)
    }
    while ($queue.Count -gt 0) {
        $recipient = $queue.Dequeue()
        $id = [string]$recipient.Guid
        if ($seen.ContainsKey($id)) {
            continue
        }
        $seen[$id] = $true
        $recipient
        $kind = [string]$recipient.RecipientTypeDetails
        if ($kind -like 'MailUniversal*Group' -or $kind -eq 'MailNonUniversalGroup' -or $kind -eq 'RoomList') {
            $find = @{ Identity = $id; ResultSize = 'Unlimited' }
            foreach ($member in @(Get-DistributionGroupMember @find -ErrorAction Stop)) {
                $queue.Enqueue($member)
            }
        }
    }
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
    foreach ($policy in $policies) {
        if ([string]$policy.AccessRight -ne 'RestrictAccess') {
            throw ('RBAC cannot say what the {0} policy for {1} says.' -f $policy.AccessRight, $policy.ScopeName)
        }
    }
    if ($policies.Count -eq 0) {
        Write-Warning -Message 'No access policy is about the app, so there is nothing to move.'
    }
    $next = 'nothing'
    $memberCount = 0

    if ($policies.Count -gt 0 -and -not $Finish) {
        # Every mailbox that the policies let the app into, nested groups taken apart
        $allowed = @{}
        $wanted = New-Object -TypeName System.Collections.ArrayList
        foreach ($policy in $policies) {
            $reach = @(Get-Reach -Policy $policy)
            if ($reach.Count -eq 0) {
                throw ('What the policy for {0} is about cannot be found.' -f $policy.ScopeName)
            }
            foreach ($recipient in $reach) {
                $kind = [string]$recipient.RecipientTypeDetails
                if ($kind -eq 'GroupMailbox' -or $kind -eq 'DynamicDistributionGroup') {
                    throw ('{0} is a {1}, which cannot be taken apart.' -f $recipient.PrimarySmtpAddress, $kind)
                }
                $isMailbox = $kind -like '*Mailbox' -or $kind -eq 'MailUser'
                if ($isMailbox -and -not $allowed.ContainsKey([string]$recipient.Guid)) {
                    $allowed[[string]$recipient.Guid] = $true
                    $null = $wanted.Add($recipient)
                }
            }
        }
        $memberCount = $wanted.Count

        # The group that takes their place, found or made
        $groups = @()
        foreach ($group in @(Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop)) {
            if ([string]::Equals([string]$group.PrimarySmtpAddress, $groupName, $ignoreCase)) {
                $groups += $group
            }
        }
        if ($groups.Count -gt 1) {
            throw ('There are {0} groups with the address {1}.' -f $groups.Count, $groupName)
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

        # Nobody may be in it whom the policies keep the app out of
        $groupId = ''
        $present = @{}
        foreach ($group in $groups) {
            $groupId = [string]$group.Guid
            $list = @{ Identity = $groupId; ResultSize = 'Unlimited' }
            foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
                $present[[string]$member.Guid] = $true
                $isGroup = [string]$member.RecipientTypeDetails -like 'MailUniversal*Group'
                if (-not $isGroup -and -not $allowed.ContainsKey([string]$member.Guid)) {
                    throw ('No policy lets the app into {0}. Take it out of the group.' -f $member.PrimarySmtpAddress)
                }
            }
        }
        $newcomers = @($wanted | Where-Object -FilterScript { -not $present.ContainsKey([string]$_.Guid) })

        # A new member must not let another app into a mailbox, nor keep it out: by a policy that the group is in ...
        $scopeNames = @{}
        if ($groupId -and $newcomers.Count -gt 0) {
            foreach ($policy in $every) {
                $apps = @(([string]@($policy.AppId)) -split '[ ,]+')
                if ($apps.Count -eq 1 -and [string]::Equals($apps[0], $appId, $ignoreCase)) {
                    continue
                }
                $reach = @(Get-Reach -Policy $policy)
                $inReach = @{}
                foreach ($recipient in $reach) {
                    $inReach[[string]$recipient.Guid] = $true
                }
                foreach ($recipient in $newcomers) {
                    if ($inReach.ContainsKey($groupId) -and -not $inReach.ContainsKey([string]$recipient.Guid)) {
                        $told = 'The policy for {0} would count for {1} too. Choose another group.'
                        throw ($told -f $policy.ScopeName, $recipient.PrimarySmtpAddress)
                    }
                }
            }

            # ... or by RBAC, through a scope or without one
            foreach ($scope in @(Get-ManagementScope -ErrorAction Stop)) {
                foreach ($group in $groups) {
                    $place = ([string]$group.DistinguishedName).Replace('''', '''''')
                    if (([string]$scope.RecipientFilter).IndexOf($place, $ignoreCase) -ge 0) {
                        $scopeNames[[string]$scope.Name] = $true
                    }
                }
            }
            $ours = @{}
            foreach ($assignment in $assignments) {
                $ours[$assignment.Name] = $true
            }
            $columns = @('Name', 'CustomResourceScope', 'RecipientGroupScope')
            $existing = @(Get-ManagementRoleAssignment -ErrorAction Stop)
            foreach ($other in @($existing | Select-Object -Property $columns)) {
                $about = $scopeNames.ContainsKey([string]$other.CustomResourceScope)
                $scopeGroup = [string]$other.RecipientGroupScope
                foreach ($group in $groups) {
                    foreach ($key in @($group.Guid, $group.Name, $group.DistinguishedName, $group.PrimarySmtpAddress)) {
                        if ($scopeGroup -and [string]::Equals($scopeGroup, [string]$key, $ignoreCase)) {
                            $about = $true
                        }
                    }
                }
                if ($about -and -not $ours.ContainsKey([string]$other.Name)) {
                    throw ('The assignment {0} is about the group too. Choose another group.' -f $other.Name)
                }
            }
        }
        foreach ($recipient in $newcomers) {
            $address = [string]$recipient.PrimarySmtpAddress
            $memberId = [string]$recipient.Guid
            if ($PSCmdlet.ShouldProcess($address, 'Add to the group')) {
                $add = @{
                    Identity = $groupId
                    Member = $memberId
                    BypassSecurityGroupManagerCheck = $true
                }
                $null = Add-DistributionGroupMember @add -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
                Add-Change -Action 'add member' -Target $address -Id ('{0} {1}' -f $groupId, $memberId)
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

        # The scope: direct members of the group (nested groups do not count here)
        $distinguishedName = ''
        foreach ($group in $groups) {
            $distinguishedName = [string]$group.DistinguishedName
        }
        if ($distinguishedName -cmatch '[\u2018-\u201B]') {
            throw 'The name of the group has a typographic quote, which a filter cannot hold. Choose another group.'
        }
        $filter = 'MemberOfGroup -eq ''{0}''' -f $distinguishedName.Replace('''', '''''')
        $scopeName = $name
        $missing = $true
        foreach ($scope in @(Get-ManagementScope -ErrorAction Stop)) {
            $scopeFilter = ([string]$scope.RecipientFilter).Trim('(', ')', ' ')
            if ([string]::Equals($scopeFilter, $filter, $ignoreCase)) {
                $scopeName = [string]$scope.Name
                $missing = $false
            } elseif ([string]::Equals([string]$scope.Name, $name, $ignoreCase)) {
                throw ('The scope {0} has another filter: {1}' -f $name, $scope.RecipientFilter)
            }
        }
        if ($missing -and $PSCmdlet.ShouldProcess($name, 'Make a management scope')) {
            $new = @{
                Name = $name
                RecipientRestrictionFilter = $filter
            }
            $null = New-ManagementScope @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
            Add-Change -Action 'make scope' -Target $filter -Id $name
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
                if (-not [string]::Equals([string]$other.CustomResourceScope, $scopeName, $ignoreCase)) {
                    throw ('{0} has the scope {1}. Remove it by hand first.' -f $other.Name, $other.CustomResourceScope)
                }
            }
            if ($missing -and $PSCmdlet.ShouldProcess($assignment.Name, 'Assign the role')) {
                $new = @{
                    Name = $assignment.Name
                    Role = $assignment.Role
                    App = $servicePrincipalId
                    CustomResourceScope = $scopeName
                }
                $null = New-ManagementRoleAssignment @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
                Add-Change -Action 'assign role' -Target $assignment.Role -Id $assignment.Name
            }
        }

        # Another right by RBAC adds to these
        if ($pointers.Count -gt 0) {
            $test = @{ Identity = $servicePrincipalId; Confirm = $false }
            foreach ($right in @(Test-ServicePrincipalAuthorization @test -WhatIf:$false -ErrorAction Stop)) {
                if (-not [string]::Equals([string]$right.AllowedResourceScope, $scopeName, $ignoreCase)) {
                    $told = 'The app has another right by RBAC: {0} in {1}.'
                    Write-Warning -Message ($told -f $right.RoleName, $right.AllowedResourceScope)
                }
            }
        }
        $next = 'Withdraw {0} and every other right of the app to mailboxes in Entra, wait two hours, '
        $next = ($next -f [string]::Join(', ', $permissions)) + 'then run this script with -Finish.'
        Write-Warning -Message $next
    }

    if ($policies.Count -gt 0 -and $Finish) {
        # The rights must be there before the policies may go
        $existing = @(Get-ManagementRoleAssignment -ErrorAction Stop)
        foreach ($assignment in $assignments) {
            $there = $false
            foreach ($other in $existing) {
                $sameRole = [string]::Equals([string]$other.Role, $assignment.Role, $ignoreCase)
                if ($sameRole -and [string]::Equals([string]$other.Name, $assignment.Name, $ignoreCase)) {
                    $there = $true
                }
            }
            if (-not $there) {
                throw ('There is no assignment {0}. Run this script without -Finish first.' -f $assignment.Name)
            }
        }
        foreach ($policy in $policies) {
            $apps = @(([string]@($policy.AppId)) -split '[ ,]+')
            if ($apps.Count -ne 1 -or $apps[0] -eq '*') {
                Write-Warning -Message ('The policy for {0} is for other apps too and stays.' -f $policy.ScopeName)
                continue
            }
            $policyId = [string]$policy.Identity
            $same = @(Get-ApplicationAccessPolicy -Identity $policyId -ErrorAction Stop)
            if ($same.Count -ne 1 -or -not [string]::Equals([string]$same[0].Identity, $policyId, $ignoreCase)) {
                throw ('The policy {0} has changed meanwhile.' -f $policyId)
            }
            if ($PSCmdlet.ShouldProcess($policyId, 'Remove the policy (the Entra permission must be withdrawn)')) {
                $remove = @{ Identity = $policyId; Confirm = $false }
                $null = Remove-ApplicationAccessPolicy @remove -WhatIf:$WhatIfPreference -ErrorAction Stop
                Add-Change -Action 'remove policy' -Target $appId -Id $policyId -Before ([string]$policy.ScopeName)
            }
        }
    }

    $result = [ordered]@{
        Script = 'rbac-migrate'
        WhatIf = [bool]$WhatIfPreference
        App = $appId
        Policies = $policies.Count
        Members = $memberCount
        Next = $next
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
