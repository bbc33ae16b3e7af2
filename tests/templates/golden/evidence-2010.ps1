#Requires -Version 2.0
# Product: 2010

<#
.SYNOPSIS
    Writes down which users may reach which calendars, as evidence for an audit.

.DESCRIPTION
    Reads the rights on every calendar, what rooms do with bookings, who may impersonate, and the state of EWS.
    Writes one JSON file for each cmdlet into a folder. Changes nothing in Exchange. Of people it takes the address
    and ids only. The calendars take a second or two for each mailbox.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Server
    Full name of an Exchange server to connect to (Kerberos), where this is no Exchange Management Shell.

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
    [string]$Server,
    [string]$OutFolder,
    [switch]$SkipCalendars,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What to work on
$resultName = 'evidence-contoso.result.json'
$recipientColumns = @('ExternalDirectoryObjectId', 'Guid', 'PrimarySmtpAddress', 'RecipientTypeDetails')
$groupColumns = $recipientColumns + @('Name', 'DistinguishedName')

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
    $json = ConvertTo-JsonText -Value $texts
    [System.IO.File]::AppendAllText($file, $comma + [System.Environment]::NewLine + $json, $utf8)
}

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

    if ($PSCmdlet.ShouldProcess($folder, 'Write the evidence')) {
        $null = [System.IO.Directory]::CreateDirectory($folder)

        # Who may act as everybody
        $columns = @('Identity', 'Name', 'Role', 'RoleAssignee', 'RoleAssigneeName', 'RoleAssigneeType', 'Enabled')
        $columns += @('CustomRecipientWriteScope', 'RecipientWriteScope')
        $unlimited = '"ResultSize": "Unlimited"'
        $role = '"Role": "ApplicationImpersonation"'
        Add-Evidence -Cmdlet 'Get-ManagementRoleAssignment' -Parameters $role
        foreach ($assignment in @(Get-ManagementRoleAssignment -Role 'ApplicationImpersonation' -ErrorAction Stop)) {
            Add-Evidence -Cmdlet 'Get-ManagementRoleAssignment' -Column $columns -Row $assignment
        }

        # Mail-enabled groups, and which rooms are in the room lists
        $memberColumns = $groupColumns + @('Group', 'MemberOf')
        Add-Evidence -Cmdlet 'Get-DistributionGroup' -Parameters $unlimited
        Add-Evidence -Cmdlet 'Get-DistributionGroupMember' -Parameters $unlimited
        foreach ($group in @(Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop)) {
            Add-Evidence -Cmdlet 'Get-DistributionGroup' -Column $groupColumns -Row $group
            if ([string]$group.RecipientTypeDetails -ne 'RoomList') {
                continue
            }
            $groupId = [string]$group.Guid
            $row = $group | Select-Object -Property $memberColumns
            $row.Group = $groupId
            Add-Evidence -Cmdlet 'Get-DistributionGroupMember' -Column $memberColumns -Row $row
            $list = @{ Identity = $groupId; ResultSize = 'Unlimited' }
            foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
                $row = $member | Select-Object -Property $memberColumns
                $row.Group = $groupId
                $row.MemberOf = $groupId
                Add-Evidence -Cmdlet 'Get-DistributionGroupMember' -Column $memberColumns -Row $row
            }
        }

        # EWS: who may use it
        $columns = @('EwsEnabled', 'EwsApplicationAccessPolicy', 'EwsAllowList', 'EwsBlockList')
        $config = Get-OrganizationConfig -ErrorAction Stop
        Add-Evidence -Cmdlet 'Get-OrganizationConfig' -Column $columns -Row $config

        # Every mailbox
        $mailboxColumns = $recipientColumns + @('UserPrincipalName')
        $mailboxes = New-Object -TypeName System.Collections.ArrayList
        Add-Evidence -Cmdlet 'Get-Mailbox' -Parameters $unlimited
        Get-Mailbox -ResultSize 'Unlimited' -ErrorAction Stop | ForEach-Object -Process {
            Add-Evidence -Cmdlet 'Get-Mailbox' -Column $mailboxColumns -Row $_
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
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-JsonText -Value $result), $utf8)
    $result
} finally {
    if ($session) {
        Remove-PSSession -Session $session -Confirm:$false -WhatIf:$false
    }
}
