#Requires -Version 2.0
# Product: 2007

<#
.SYNOPSIS
    Gives one user full access to every mailbox of an Exchange 2007 organization.

.DESCRIPTION
    Exchange 2007 has no rights on single folders that a script could give, so the user (a sync user) gets FullAccess to
    every mailbox, inherited by its folders. WARNING: the user can then read, change and delete everything in
    every mailbox, not only calendars. Guard its password, and take the right away when the sync has moved to a
    newer Exchange. A mailbox that fails is told at the end and tried again in the next run.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Remove
    Takes the right away again.

.PARAMETER ResultPath
    Where the result is written as JSON; by default into the current folder. Beside it: a CSV
    file with a line for each mailbox (.mailboxes.csv; while the work goes on .unfinished.csv, from which the script
    goes on after a stop), and a journal of all changes (.journal), which the teardown script reads.

.EXAMPLE
    .\reviewer.ps1 -WhatIf

    Shows what would change and changes nothing.

.EXAMPLE
    .\reviewer.ps1 -Confirm:$false

    Gives the right without asking. After a stop the same command does the rest.

.EXAMPLE
    .\reviewer.ps1 -Remove -Confirm:$false

    Takes the right away where the user has it.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [switch]$Remove,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What to work on
$resultName = 'reviewer-contoso-bredband2.result.json'
$userName = 'monitor@contoso.com'
$role = 'FullAccess'

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

$journalFile = $resultFile + '.journal'

# Keeps a change that was made in the journal
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

try {

    # The user who gets the right
    $users = @(Get-Mailbox -Identity $userName -ErrorAction Stop)
    if ($users.Count -ne 1) {
        throw ('{0} names {1} users.' -f $userName, $users.Count)
    }
    $userId = [string]$users[0].Guid
    $userAddress = [string]$users[0].PrimarySmtpAddress

    Write-Warning -Message 'FullAccess lets the user read, change and delete everything in every mailbox.'

    # Every mailbox: only its id and address, so that a great many fit into memory
    $mailboxes = New-Object -TypeName System.Collections.ArrayList
    Get-Mailbox -ResultSize 'Unlimited' -ErrorAction Stop | ForEach-Object -Process {
        $own = [string]::Equals([string]$_.Guid, $userId, $ignoreCase)
        if (-not $own -and [string]$_.RecipientTypeDetails -ne 'DiscoveryMailbox') {
            $null = $mailboxes.Add(('{0} {1}' -f $_.Guid, $_.PrimarySmtpAddress))
        }
    }

    # What a run that was stopped has done
    $done = @{}
    $task = '{0} {1} remove={2}' -f $role, $userAddress, [bool]$Remove
    $rowsFile = $resultFile + '.unfinished.csv'
    if ($WhatIfPreference) {
        $rowsFile = $resultFile + '.whatif.csv'
        [System.IO.File]::Delete($rowsFile)
    }
    if ([System.IO.File]::Exists($rowsFile)) {
        foreach ($row in @([System.IO.File]::ReadAllLines($rowsFile) | ConvertFrom-Csv)) {
            if (-not $row.Outcome) {
                continue
            }
            if (-not [string]::Equals($row.Task, $task, $ignoreCase)) {
                $done.Clear()
            } elseif ($row.Outcome -ne 'failed') {
                $done[$row.Id] = $true
            }
        }
    } else {
        Add-Line -Path $rowsFile -Value @('Task', 'Id', 'Mailbox', 'Outcome', 'Before', 'Message')
    }

    # One mailbox after the other
    $transient = '\b(429|503)\b|throttl|too many|busy|timed? ?out|temporar|try again|connection (was|is) (closed|reset)'
    $tally = @{}
    $count = 0
    $inRow = 0
    foreach ($mailbox in $mailboxes) {
        $count += 1
        $mailboxId = $mailbox.Split(' ')[0]
        $address = $mailbox.Split(' ')[1]
        if ($done.ContainsKey($mailboxId)) {
            continue
        }
        if ($count % 100 -eq 0) {
            Write-Progress -Activity 'Mailboxes' -Status ('{0} of {1}' -f $count, $mailboxes.Count)
        }
        $outcome = ''
        $before = ''
        $message = ''
        foreach ($attempt in 1..5) {
            try {
                # What the user has there now
                $entry = $null
                $find = @{ Identity = $mailboxId; User = $userAddress }
                foreach ($right in @(Get-MailboxPermission @find -ErrorAction Stop)) {
                    $full = [string]@($right.AccessRights) -match 'FullAccess'
                    if ($full -and [string]$right.Deny -ne 'True') {
                        $entry = $right
                        $before = 'FullAccess'
                    }
                }

                # What there is to do
                $action = ''
                $outcome = 'left'
                if ($Remove -and $entry -and [string]$entry.IsInherited -ne 'True') {
                    $action = 'remove'
                } elseif (-not $Remove -and $entry) {
                    $outcome = 'enough'
                } elseif (-not $Remove) {
                    $action = 'add'
                }

                # Do it
                if ($action) {
                    $outcome = 'would ' + $action
                    if ($PSCmdlet.ShouldProcess($address, $action + ' full access')) {
                        $call = @{
                            Identity = $mailboxId
                            User = $userAddress
                            AccessRights = 'FullAccess'
                            InheritanceType = 'All'
                            Confirm = $false
                        }
                        if ($action -eq 'add') {
                            $null = Add-MailboxPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                        } else {
                            $null = Remove-MailboxPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                        }
                        $change = @{ Target = $userAddress; Id = $mailboxId; Before = $before }
                        Add-Change @change -Action ($action + ' full access')
                        $outcome = $action
                    }
                }
                $message = ''
                break
            } catch {
                $outcome = 'failed'
                $message = $_.Exception.Message
                if ($attempt -eq 5 -or $message -notmatch $transient) {
                    break
                }
            }
            Start-Sleep -Seconds (5 * $attempt * $attempt)
        }
        if ($outcome -eq 'failed') {
            Write-Warning -Message ('{0}: {1}' -f $address, $message)
        }
        Add-Line -Path $rowsFile -Value @($task, $mailboxId, $address, $outcome, $before, $message)
        if (-not $tally.ContainsKey($outcome)) {
            $tally[$outcome] = 0
        }
        $tally[$outcome] += 1

        # Where nothing works any more (no connection, no rights), the rest is for the next run
        $inRow += 1
        if ($outcome -ne 'failed') {
            $inRow = 0
        } elseif ($inRow -eq 20) {
            throw ('{0} mailboxes failed in a row, the last with: {1} Run it again to go on.' -f $inRow, $message)
        }
    }
    if (-not $WhatIfPreference) {
        $finished = $resultFile + '.mailboxes.csv'
        [System.IO.File]::Delete($finished)
        [System.IO.File]::Move($rowsFile, $finished)
        $rowsFile = $finished
    }

    $columns = @(
        'Script'
        'WhatIf'
        'User'
        'Role'
        'Mailboxes'
        'DoneBefore'
        'Added'
        'Raised'
        'Removed'
        'Enough'
        'Left'
        'Failed'
        'Rows'
    )
    $result = '' | Select-Object -Property $columns
    $result.Script = 'reviewer'
    $result.WhatIf = [bool]$WhatIfPreference
    $result.User = $userAddress
    $result.Role = $role
    $result.Mailboxes = $mailboxes.Count
    $result.DoneBefore = $done.Count
    $result.Added = [int]$tally['add']
    $result.Raised = [int]$tally['raise']
    $result.Removed = [int]$tally['remove'] + [int]$tally['give back']
    $result.Enough = [int]$tally['enough']
    $result.Left = [int]$tally['left']
    $result.Failed = [int]$tally['failed']
    $result.Rows = $rowsFile

    # The result, as a file and as an object
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-JsonText -Value $result), $utf8)
    $result
} finally {
    Write-Verbose -Message ('The result is in {0}.' -f $resultFile)
}
