#Requires -Version 2.0
# Product: 2016

<#
.SYNOPSIS
    Makes the service user that a calendar sync signs in as.

.DESCRIPTION
    Makes a user with a mailbox, with the password that you type, which need not be changed at the next log-on, unless
    there is one. It gets no admin role. Its right on the calendars comes from the reviewer script.

    Running it again changes nothing that is right already. It runs in the Exchange Management Shell, on Windows
    PowerShell 2.0 or later.

.PARAMETER Server
    Full name of an Exchange server to connect to (Kerberos), where this is no Exchange Management Shell.

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
    [string]$Server,
    [System.Security.SecureString]$Password,
    [string]$ResultPath
)

# In a wrongly decoded file the names below would be wrong, so stop before any of them is read.
if ('å'.Length -ne 1 -or [int]'å'[0] -ne 229) {
    throw 'This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made.'
}

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What to work on
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
            Name = $displayName
            DisplayName = $displayName
            UserPrincipalName = $userName
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
    [System.IO.File]::WriteAllText($resultFile, (ConvertTo-JsonText -Value $result), $utf8)
    $result
} finally {
    if ($session) {
        Remove-PSSession -Session $session -Confirm:$false -WhatIf:$false
    }
}
