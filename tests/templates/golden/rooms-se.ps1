#Requires -Version 2.0
# Product: se

<#
.SYNOPSIS
    Sets rooms up for a room sync: their room list, and what they keep of a booking.

.DESCRIPTION
    First it reports how each room treats its bookings, then it changes what a room sync needs: by default a room
    deletes the subject and the text of a booking, puts the organizer in the subject and takes off the private flag.
    The sync needs the real subject, and the private flag so that it can leave private bookings out. The rooms are also
    put into the room list. Whether a room accepts bookings by itself is reported and not changed.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Server
    Full name of an Exchange server to connect to (Kerberos), where this is no Exchange Management Shell.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder. Changes are also listed in a
    journal beside it (.journal), which the teardown script reads.

.EXAMPLE
    .\rooms.ps1 -WhatIf

    Reports, shows what would change and changes nothing.

.EXAMPLE
    .\rooms.ps1 -Confirm:$false

    Reports, and makes the changes without asking.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$Server,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What to work on
$resultName = 'rooms-contoso-maptician.result.json'
$rooms = @(
    'fjärden@contoso.com'
    'room-2@contoso.com'
)
$roomList = 'rooms@contoso.com'

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

    # How each room treats its bookings
    $settings = @('AddOrganizerToSubject', 'DeleteComments', 'DeleteSubject', 'RemovePrivateProperty')
    $report = @()
    foreach ($room in $rooms) {
        $mailboxes = @(Get-Mailbox -Identity $room -ErrorAction Stop)
        if ($mailboxes.Count -ne 1) {
            throw ('{0} names {1} mailboxes.' -f $room, $mailboxes.Count)
        }
        if ([string]$mailboxes[0].RecipientTypeDetails -ne 'RoomMailbox') {
            throw ('{0} is a {1}, not a room.' -f $room, $mailboxes[0].RecipientTypeDetails)
        }
        $roomId = [string]$mailboxes[0].Guid
        $processing = Get-CalendarProcessing -Identity $roomId -ErrorAction Stop
        $now = $processing | Select-Object -Property ($settings + @('AutomateProcessing'))
        $loses = @()
        foreach ($setting in $settings) {
            if ([string]$now.$setting -eq 'True') {
                $loses += $setting
            }
        }
        $row = '' | Select-Object -Property @('Room', 'Id', 'AutomateProcessing', 'Loses')
        $row.Room = $room
        $row.Id = $roomId
        $row.AutomateProcessing = [string]$now.AutomateProcessing
        $row.Loses = [string]$loses
        $report += $row
        if ($row.AutomateProcessing -ne 'AutoAccept') {
            Write-Warning -Message ('{0} does not accept bookings by itself ({1}).' -f $room, $row.AutomateProcessing)
        }
        if ($row.Loses) {
            Write-Warning -Message ('{0} changes its bookings: {1}.' -f $room, $row.Loses)
        }
    }

    # Let them keep what was booked
    foreach ($row in $report) {
        if ($row.Loses -and $PSCmdlet.ShouldProcess($row.Room, 'Keep subject, text and private flag of bookings')) {
            $set = @{
                Identity = $row.Id
                AddOrganizerToSubject = $false
                DeleteComments = $false
                DeleteSubject = $false
                RemovePrivateProperty = $false
            }
            $null = Set-CalendarProcessing @set -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
            Add-Change -Action 'set bookings' -Target $row.Room -Id $row.Id -Before $row.Loses
        }
    }

    # The room list, found by its address, or made
    $lists = @()
    foreach ($group in @(Get-DistributionGroup -ResultSize 'Unlimited' -ErrorAction Stop)) {
        if ([string]::Equals([string]$group.PrimarySmtpAddress, $roomList, $ignoreCase)) {
            $lists += $group
        }
    }
    if ($lists.Count -eq 0 -and $PSCmdlet.ShouldProcess($roomList, 'Make a room list')) {
        $new = @{
            Name = $roomList.Split('@')[0]
            PrimarySmtpAddress = $roomList
            RoomList = $true
        }
        $lists = @(New-DistributionGroup @new -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop)
        foreach ($group in $lists) {
            Add-Change -Action 'make group' -Target $roomList -Id ([string]$group.Guid)
        }
    }
    if ($lists.Count -eq 0 -and -not $WhatIfPreference) {
        throw 'There is no such room list, and it was not made.'
    }
    if ($lists.Count -gt 1) {
        throw ('There are {0} groups with the address {1}.' -f $lists.Count, $roomList)
    }

    # The rooms in it: what is missing is added, nothing is removed
    $groupId = ''
    $present = @{}
    foreach ($group in $lists) {
        if ([string]$group.RecipientTypeDetails -ne 'RoomList') {
            throw ('{0} is a {1}, not a room list.' -f $roomList, $group.RecipientTypeDetails)
        }
        $groupId = [string]$group.Guid
        $list = @{ Identity = $groupId; ResultSize = 'Unlimited' }
        foreach ($member in @(Get-DistributionGroupMember @list -ErrorAction Stop)) {
            $present[[string]$member.Guid] = $true
        }
    }
    foreach ($row in $report) {
        $address = $row.Room
        $memberId = $row.Id
        if (-not $present.ContainsKey($memberId) -and $PSCmdlet.ShouldProcess($address, 'Add to the room list')) {
            $add = @{
                Identity = $groupId
                Member = $memberId
                BypassSecurityGroupManagerCheck = $true
            }
            $null = Add-DistributionGroupMember @add -Confirm:$false -WhatIf:$WhatIfPreference -ErrorAction Stop
            Add-Change -Action 'add member' -Target $address -Id ('{0} {1}' -f $groupId, $memberId)
        }
    }

    $result = '' | Select-Object -Property @('Script', 'WhatIf', 'Rooms', 'Changes')
    $result.Script = 'rooms'
    $result.WhatIf = [bool]$WhatIfPreference
    $result.Rooms = $report
    $result.Changes = $changes.ToArray()

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-JsonText -Value $result), $utf8)
    $result
} finally {
    if ($session) {
        Remove-PSSession -Session $session -Confirm:$false -WhatIf:$false
    }
}
