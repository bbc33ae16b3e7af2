#Requires -Version 2.0
# Product: 2016

<#
.SYNOPSIS
    Gives one user a right on the calendar of every mailbox.

.DESCRIPTION
    The user (a sync user) gets the role on the calendar folder of every mailbox. A weaker role of the user is raised; a
    role as strong or stronger, a delegate and rights put together by hand are left as they are. Nobody is sent a mail.
    A mailbox that fails is told at the end and tried again in the next run.

    Reviewer can read every item. Programs see private ones too, so the sync must leave them out.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Server
    Full name of an Exchange server to connect to (Kerberos), where this is no Exchange Management Shell.

.PARAMETER Remove
    Takes the right away again. What the journal says was there before is given back.

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

    Takes the right away where the user has exactly this role.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string]$Server,
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
$role = 'Reviewer'
$calendarNames = @(
    'Agenda', 'Calendar', 'Calendari', 'Calendario', 'Calendr', 'Calendrier', 'Calendário'
    'Dagbók', 'Egutegia', 'Féilire', 'Intiwatana', 'Kalenda', 'Kalendar', 'Kalendarju'
    'Kalendaryo', 'Kalendarz', 'Kalender', 'Kalendorius', 'Kalendár', 'Kalendář'
    'Kalendārs', 'Kalenner', 'Kalenteri', 'Koledar', 'Lịch', 'Maramataka', 'Miosachan'
    'Naptár', 'Senenama', 'Takvim', 'Təqvim', 'Ημερολόγιο', 'Календар', 'Календарь'
    'Каляндар', 'Күнтізбе', 'Цаглабар', 'Օրացույց'
    'לוח שנה'
    'التقويم'
    'تقویم'
    'سالنما'
    'كالېندار'
    'کیلنڈر'
    'ڪيلنڏر'
    'कॅलेंडर', 'कैलेंडर', 'दिनदर्शिका', 'पात्रो', 'কেলেণ্ডাৰ', 'ক্যালেন্ডার', 'বর্ষপঞ্জী'
    'ਕੈਲੰਡਰ', 'કૅલેન્ડર', 'କ୍ୟାଲେଣ୍ଡର', 'நாள்காட்டி', 'క్యాలెండర్', 'ಕ್ಯಾಲೆಂಡರ್'
    'കലണ്ടര്‍', 'දිනදසුන', 'ปฏิทิน', 'კალენდარი', 'የቀን መቁጠሪያ', 'ប្រតិទិន', '予定表'
    '日历', '行事曆', '일정'
)
# From the weakest to the strongest
$ranks = @{
    None = 0
    AvailabilityOnly = 1
    LimitedDetails = 2
    Contributor = 3
    Reviewer = 4
    NonEditingAuthor = 5
    Author = 6
    PublishingAuthor = 7
    Editor = 8
    PublishingEditor = 9
    Owner = 10
}

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

    # The user who gets the right
    $users = @(Get-Recipient -Identity $userName -ErrorAction Stop)
    if ($users.Count -ne 1) {
        throw ('{0} names {1} users.' -f $userName, $users.Count)
    }
    $userId = [string]$users[0].Guid
    $userAddress = [string]$users[0].PrimarySmtpAddress

    $anyCase = [System.StringComparer]::OrdinalIgnoreCase

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

    # The names that calendars have in other languages, for folders that do not tell their type
    $exactly = [System.StringComparer]::Ordinal
    $byName = New-Object -TypeName $dictionary -ArgumentList $exactly
    foreach ($name in $calendarNames) {
        $byName[$name] = $name
    }

    # Every mailbox: only its id and address, so that a great many fit into memory
    $mailboxes = New-Object -TypeName System.Collections.ArrayList
    Get-Mailbox -ResultSize 'Unlimited' -ErrorAction Stop | ForEach-Object -Process {
        $own = [string]::Equals([string]$_.Guid, $userId, $ignoreCase)
        if (-not $own -and [string]$_.RecipientTypeDetails -ne 'DiscoveryMailbox') {
            $null = $mailboxes.Add(('{0} {1}' -f $_.Guid, $_.PrimarySmtpAddress))
        }
    }

    # What a run that was stopped has done, and what our journal says was there before
    $done = @{}
    $made = @{}
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
    if ([System.IO.File]::Exists($journalFile)) {
        foreach ($row in @([System.IO.File]::ReadAllLines($journalFile) | ConvertFrom-Csv)) {
            if ($row.Id -and [string]::Equals($row.Target, $userAddress, $ignoreCase)) {
                $made[$row.Id] = ''
                if ($row.Action -eq 'raise right') {
                    $made[$row.Id] = $row.Before
                }
            }
        }
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
                # The calendar, by its type: its name depends on the language of the mailbox
                $find = @{ Identity = $mailboxId; FolderScope = 'Calendar' }
                $folders = @(Get-MailboxFolderStatistics @find -ErrorAction Stop)
                $calendars = @($folders | Where-Object -FilterScript { [string]$_.FolderType -eq 'Calendar' })
                if ($calendars.Count -eq 0) {
                    $calendars = @($folders | Where-Object -FilterScript { $byName.ContainsKey([string]$_.Name) })
                }
                if ($calendars.Count -ne 1) {
                    throw ('There are {0} calendar folders.' -f $calendars.Count)
                }
                $folder = '{0}:{1}' -f $mailboxId, $calendars[0].FolderId

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
                $flags = ''
                if ($entry) {
                    $before = [string]@($entry.AccessRights)
                    $flags = [string]$entry.SharingPermissionFlags
                }

                # What there is to do
                $plain = $flags -eq '' -or $flags -eq 'None'
                $exact = $plain -and [string]::Equals($before, $role, $ignoreCase)
                $action = ''
                $outcome = 'left'
                if ($Remove) {
                    if ($exact -and $made[$folder]) {
                        $action = 'give back'
                    } elseif ($exact) {
                        $action = 'remove'
                    }
                } elseif (-not $entry) {
                    $action = 'add'
                } elseif ($ranks.ContainsKey($before) -and $ranks[$before] -ge $ranks[$role]) {
                    $outcome = 'enough'
                } elseif ($ranks.ContainsKey($before) -and $plain) {
                    $action = 'raise'
                }

                # Do it; nobody is sent a mail
                if ($action) {
                    $outcome = 'would ' + $action
                    if ($PSCmdlet.ShouldProcess($address, $action + ' the right')) {
                        $call = @{ Identity = $folder; User = $userAddress; Confirm = $false }
                        if ($action -eq 'remove') {
                            $null = Remove-MailboxFolderPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                        } elseif ($action -eq 'add') {
                            $call.AccessRights = $role
                            $null = Add-MailboxFolderPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                        } else {
                            $call.AccessRights = $role
                            if ($action -eq 'give back') {
                                $call.AccessRights = $made[$folder]
                            }
                            $null = Set-MailboxFolderPermission @call -WhatIf:$WhatIfPreference -ErrorAction Stop
                        }
                        Add-Change -Action ($action + ' right') -Target $userAddress -Id $folder -Before $before
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
    if ($session) {
        Remove-PSSession -Session $session -Confirm:$false -WhatIf:$false
    }
}
