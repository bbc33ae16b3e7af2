#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'ExchangeOnlineManagement'; ModuleVersion = '3.5.0' }

<#
.SYNOPSIS
    Writes down which apps and users may reach which mailboxes, as evidence for an audit.

.DESCRIPTION
    Reads application access policies, service principals, management scopes, the role assignments of apps, and who is
    in their groups and scopes; then the rights on every calendar, what rooms do with bookings, and the state of EWS.
    Writes one JSON file for each cmdlet into a folder. Changes nothing in Exchange. Of people it takes the address
    and ids only. The calendars take a second or two for each mailbox.

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

.PARAMETER SkipCalendars
    Leaves out the rights on every calendar, which take long where there are many mailboxes.

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
    [switch]$SkipCalendars,
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
$resultName = 'evidence-contoso.result.json'
$recipientColumns = @('ExternalDirectoryObjectId', 'Guid', 'PrimarySmtpAddress', 'RecipientTypeDetails')
$groupColumns = $recipientColumns + @('Name', 'DistinguishedName')

$ignoreCase = [System.StringComparison]::OrdinalIgnoreCase
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
if (-not $ResultPath) {
    $ResultPath = $resultName
}
$resultFile = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($ResultPath)
$null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($resultFile))
if (-not $OutFolder) {
    $OutFolder = 'exchange'
}
$folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutFolder)
$collected = [System.DateTime]::UtcNow.ToString('s') + 'Z'
$counts = @{}
$cmdlets = New-Object -TypeName System.Collections.ArrayList

# Writes one row into the file of a cmdlet, each column as text; without a row it only begins the file
function Add-Evidence {
    [CmdletBinding()]
    param(
        [string]$Cmdlet,
        [string]$Parameters,
        [string[]]$Column,
        $Row
    )
    $file = Join-Path -Path $folder -ChildPath ($Cmdlet + '.json.part')
    if (-not $counts.ContainsKey($Cmdlet)) {
        $null = $cmdlets.Add($Cmdlet)
        $counts[$Cmdlet] = 0
        $head = '{"cmdlet": "' + $Cmdlet + '", "parameters": {' + $Parameters + '}, "collected": "' + $collected
        [System.IO.File]::WriteAllText($file, $head + '", "items": [', $utf8)
    }
    if ($null -eq $Row) {
        return
    }
    $texts = $Row | Select-Object -Property $Column
    foreach ($name in $Column) {
        $texts.$name = [string]@($texts.$name)
    }
    $comma = ','
    if ($counts[$Cmdlet] -eq 0) {
        $comma = ''
    }
    $counts[$Cmdlet] += 1
    $json = ConvertTo-Json -InputObject $texts -Compress
    [System.IO.File]::AppendAllText($file, $comma + [System.Environment]::NewLine + $json, $utf8)
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

    if ($PSCmdlet.ShouldProcess($folder, 'Write the evidence')) {
        $null = [System.IO.Directory]::CreateDirectory($folder)

        # Which tenant it is
        $columns = @('TenantID', 'Organization')
        foreach ($connection in @(Get-ConnectionInformation -ErrorAction Stop)) {
            Add-Evidence -Cmdlet 'Get-ConnectionInformation' -Column $columns -Row $connection
        }

        # Application access policies, one row for each app
        $columns = @('Identity', 'AppId', 'AccessRight', 'ScopeName', 'ScopeIdentity', 'ScopeIdentityRaw', 'IsValid')
        Add-Evidence -Cmdlet 'Get-ApplicationAccessPolicy'
        $anyCase = [System.StringComparer]::OrdinalIgnoreCase
        $groupIds = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
        foreach ($policy in @(Get-ApplicationAccessPolicy -ErrorAction Stop)) {
            $null = $groupIds.Add(([string]$policy.ScopeIdentityRaw).Split(';')[-1])
            foreach ($appId in ([string]@($policy.AppId)) -split '[ ,]+') {
                $row = $policy | Select-Object -Property $columns
                $row.AppId = $appId
                Add-Evidence -Cmdlet 'Get-ApplicationAccessPolicy' -Column $columns -Row $row
            }
        }

        # Mail-enabled groups; those that can hold rights, and room lists, are looked into
        $unlimited = '"ResultSize": "Unlimited"'
        Add-Evidence -Cmdlet 'Get-DistributionGroup' -Parameters $unlimited
        Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop | ForEach-Object -Process {
            Add-Evidence -Cmdlet 'Get-DistributionGroup' -Column $groupColumns -Row $_
            $kind = [string]$_.RecipientTypeDetails
            if ($kind -eq 'MailUniversalSecurityGroup' -or $kind -eq 'RoomList') {
                $null = $groupIds.Add([string]$_.ExternalDirectoryObjectId)
            }
        }

        # Who is in these groups and in those of the policies, nested groups included
        $columns = $groupColumns + @('Group', 'MemberOf')
        Add-Evidence -Cmdlet 'Get-DistributionGroupMember' -Parameters $unlimited
        foreach ($scopeId in $groupIds) {
            if ($scopeId -cnotmatch '^[0-9A-Fa-f-]{36}$') {
                Write-Warning -Message ('Who is in the group {0} cannot be told.' -f $scopeId)
                continue
            }
            $filter = 'ExternalDirectoryObjectId -eq ''{0}''' -f $scopeId
            $seen = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
            $queue = New-Object -TypeName 'System.Collections.Generic.Queue[object]'
            foreach ($recipient in @(Get-Recipient -Filter $filter -ErrorAction Stop)) {
                $row = $recipient | Select-Object -Property $columns
                $queue.Enqueue($row)
            }
            while ($queue.Count -gt 0) {
                $row = $queue.Dequeue()
                $row.Group = $scopeId
                Add-Evidence -Cmdlet 'Get-DistributionGroupMember' -Column $columns -Row $row
                $kind = [string]$row.RecipientTypeDetails
                $isGroup = $kind -like 'MailUniversal*Group' -or $kind -eq 'RoomList'
                if (-not $isGroup -or -not $seen.Add([string]$row.Guid)) {
                    continue
                }
                $list = @{ Identity = [string]$row.Guid; ResultSize = 'Unlimited' }
                foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
                    $inner = $member | Select-Object -Property $columns
                    $inner.MemberOf = [string]$row.Guid
                    $queue.Enqueue($inner)
                }
            }
        }

        # Exchange's pointers to apps
        $columns = @('AppId', 'ObjectId', 'DisplayName', 'Identity', 'Name', 'Guid')
        Add-Evidence -Cmdlet 'Get-ServicePrincipal'
        foreach ($pointer in @(Get-ServicePrincipal -ErrorAction Stop)) {
            Add-Evidence -Cmdlet 'Get-ServicePrincipal' -Column $columns -Row $pointer
        }

        # What RBAC for Applications gives to apps
        $columns = @('Identity', 'Name', 'Role', 'RoleAssignee', 'RoleAssigneeName', 'RoleAssigneeType', 'Enabled')
        $columns += @('CustomResourceScope', 'RecipientWriteScope')
        $columns += @('RecipientAdministrativeUnitScope', 'RecipientGroupScope')
        $ofApps = '"RoleAssigneeType": "ServicePrincipal"'
        $scopeNames = New-Object -TypeName 'System.Collections.Generic.HashSet[string]' -ArgumentList $anyCase
        Add-Evidence -Cmdlet 'Get-ManagementRoleAssignment' -Parameters $ofApps
        foreach ($assignment in @(Get-ManagementRoleAssignment -ErrorAction Stop)) {
            if ([string]$assignment.RoleAssigneeType -eq 'ServicePrincipal') {
                $row = $assignment | Select-Object -Property $columns
                $null = $scopeNames.Add([string]$row.CustomResourceScope)
                Add-Evidence -Cmdlet 'Get-ManagementRoleAssignment' -Column $columns -Row $row
            }
        }

        # The scopes, and who is in those of these assignments
        $columns = @('Name', 'RecipientFilter', 'RecipientRoot')
        $inScope = $recipientColumns + @('Scope')
        Add-Evidence -Cmdlet 'Get-ManagementScope'
        Add-Evidence -Cmdlet 'Get-Recipient' -Parameters $unlimited
        foreach ($scope in @(Get-ManagementScope -ErrorAction Stop)) {
            Add-Evidence -Cmdlet 'Get-ManagementScope' -Column $columns -Row $scope
            $filter = [string]$scope.RecipientFilter
            if (-not $filter -or -not $scopeNames.Contains([string]$scope.Name)) {
                continue
            }
            foreach ($recipient in @(Get-Recipient -Filter $filter -ResultSize 'Unlimited' -ErrorAction Stop)) {
                $row = $recipient | Select-Object -Property $inScope
                $row.Scope = [string]$scope.Name
                Add-Evidence -Cmdlet 'Get-Recipient' -Column $inScope -Row $row
            }
        }

        # EWS: who may use it
        $columns = @('EwsEnabled', 'EwsAllowedAppIDs', 'EwsApplicationAccessPolicy', 'EwsAllowList', 'EwsBlockList')
        $config = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy -ErrorAction Stop
        $retrieve = '"RetrieveEwsOperationAccessPolicy": true'
        Add-Evidence -Cmdlet 'Get-OrganizationConfig' -Parameters $retrieve -Column $columns -Row $config

        # Every mailbox
        $mailboxColumns = $recipientColumns + @('UserPrincipalName')
        $mailboxes = New-Object -TypeName System.Collections.ArrayList
        Add-Evidence -Cmdlet 'Get-EXOMailbox' -Parameters $unlimited
        Get-EXOMailbox -ResultSize 'Unlimited' -ErrorAction Stop | ForEach-Object -Process {
            Add-Evidence -Cmdlet 'Get-EXOMailbox' -Column $mailboxColumns -Row $_
            $null = $mailboxes.Add(('{0} {1}' -f $_.Guid, $_.RecipientTypeDetails))
        }

        # What rooms do with bookings, and the rights on every calendar
        $settings = @('AutomateProcessing', 'AddOrganizerToSubject', 'DeleteComments', 'DeleteSubject')
        $settings += @('RemovePrivateProperty', 'Mailbox')
        $folderColumns = @('Mailbox', 'Name', 'FolderPath', 'FolderType', 'FolderId')
        $rightColumns = @('Mailbox', 'FolderId', 'UserType', 'UserGuid', 'UserAddress', 'AccessRights')
        $rightColumns += @('SharingPermissionFlags')
        Add-Evidence -Cmdlet 'Get-CalendarProcessing'
        if (-not $SkipCalendars) {
            Add-Evidence -Cmdlet 'Get-MailboxFolderStatistics' -Parameters '"FolderScope": "Calendar"'
            Add-Evidence -Cmdlet 'Get-MailboxFolderPermission'
        }
        foreach ($mailbox in $mailboxes) {
            $mailboxId = $mailbox.Split(' ')[0]
            try {
                if ($mailbox.Split(' ')[1] -eq 'RoomMailbox') {
                    $processing = Get-CalendarProcessing -Identity $mailboxId -ErrorAction Stop
                    $row = $processing | Select-Object -Property $settings
                    $row.Mailbox = $mailboxId
                    Add-Evidence -Cmdlet 'Get-CalendarProcessing' -Column $settings -Row $row
                }
                if ($SkipCalendars) {
                    continue
                }
                $find = @{ Identity = $mailboxId; FolderScope = 'Calendar' }
                foreach ($calendar in @(Get-MailboxFolderStatistics @find -ErrorAction Stop)) {
                    $row = $calendar | Select-Object -Property $folderColumns
                    $row.Mailbox = $mailboxId
                    Add-Evidence -Cmdlet 'Get-MailboxFolderStatistics' -Column $folderColumns -Row $row
                    if ([string]$row.FolderType -ne 'Calendar') {
                        continue
                    }
                    $folderName = '{0}:{1}' -f $mailboxId, $row.FolderId
                    foreach ($right in @(Get-MailboxFolderPermission -Identity $folderName -ErrorAction Stop)) {
                        $who = $right.User | Select-Object -Property @('UserType', 'RecipientPrincipal', 'ADRecipient')
                        $entry = $right | Select-Object -Property $rightColumns
                        $entry.Mailbox = $mailboxId
                        $entry.FolderId = [string]$row.FolderId
                        $entry.UserType = [string]$who.UserType
                        foreach ($person in @($who.RecipientPrincipal, $who.ADRecipient)) {
                            if ($null -ne $person) {
                                $ids = $person | Select-Object -Property @('Guid', 'PrimarySmtpAddress')
                                $entry.UserGuid = [string]$ids.Guid
                                $entry.UserAddress = [string]$ids.PrimarySmtpAddress
                            }
                        }
                        Add-Evidence -Cmdlet 'Get-MailboxFolderPermission' -Column $rightColumns -Row $entry
                    }
                }
            } catch {
                Write-Warning -Message ('{0} cannot be read: {1}' -f $mailboxId, $_.Exception.Message)
            }
        }

        # Done: the files get their names
        foreach ($cmdlet in $cmdlets) {
            $file = Join-Path -Path $folder -ChildPath ($cmdlet + '.json')
            [System.IO.File]::AppendAllText($file + '.part', [System.Environment]::NewLine + ']}', $utf8)
            [System.IO.File]::Delete($file)
            [System.IO.File]::Move($file + '.part', $file)
        }
    }

    $result = '' | Select-Object -Property @('Script', 'WhatIf', 'Collected', 'Folder', 'Files')
    $result.Script = 'evidence'
    $result.WhatIf = [bool]$WhatIfPreference
    $result.Collected = $collected
    $result.Folder = $folder
    $result.Files = $cmdlets.ToArray()

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-Json -InputObject $result -Depth 5), $utf8)
    [pscustomobject]$result
} finally {
    if ($connectedHere) {
        $null = Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction Stop
    }
}
