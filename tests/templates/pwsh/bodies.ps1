# What the stub cmdlets do, one part for each; `module.py` puts their parameters around. $store is the organization.
# A change gives something back where the real one gives nothing, so that a script that lets it through is caught.

#= helpers
# Rows of a table that an identity names, by any of the keys that Exchange takes
function Find-Row {
    [CmdletBinding()]
    param(
        [string]$Table,
        [string]$Identity
    )
    $keys = @('Guid', 'ExternalDirectoryObjectId', 'PrimarySmtpAddress', 'UserPrincipalName', 'DistinguishedName')
    $keys += @('Identity', 'Name', 'AppId', 'ObjectId')
    foreach ($row in $store[$Table]) {
        $ids = $row | Select-Object -Property $keys
        $hit = $false
        foreach ($key in $keys) {
            if ($Identity -and [string]::Equals([string]$ids.$key, $Identity, $ignoreCase)) {
                $hit = $true
            }
        }
        if ($hit) {
            $row
        }
    }
}

# The only row that an identity names; an error where there is none, as Exchange has it
function Get-Row {
    [CmdletBinding()]
    param(
        [string]$Table,
        [string]$Identity
    )
    $rows = @(Find-Row -Table $Table -Identity $Identity)
    if ($rows.Count -ne 1) {
        throw ('The operation could not be performed because object ''{0}'' could not be found.' -f $Identity)
    }
    $rows[0]
}

# A new id, another one each time
function Get-NewId {
    [CmdletBinding()]
    param()
    $store['Made'] += 1
    '99999999-0000-4000-8000-{0:x12}' -f $store['Made']
}

# Recipients of some kinds: one by its identity, some by a filter of one comparison, or all
function Find-Recipient {
    [CmdletBinding()]
    param(
        [string]$Identity,
        [string]$Filter,
        [string[]]$Kind
    )
    $rows = @($store['Recipients'])
    if ($Identity) {
        $rows = @(Get-Row -Table 'Recipients' -Identity $Identity)
    }
    $property = ''
    $wanted = ''
    if ($Filter) {
        $property = $Filter.Split(' ')[0]
        $wanted = $Filter.Substring($property.Length + 6).TrimEnd('''').Replace('''''', '''')
    }
    foreach ($row in $rows) {
        $hit = $true
        if ($property -eq 'MemberOfGroup') {
            $hit = Test-Member -Group $wanted -Member ([string]$row.Guid)
        } elseif ($property) {
            $value = $row | Select-Object -Property $property
            $hit = [string]::Equals([string]$value.$property, $wanted, $ignoreCase)
        }
        $ofKind = $false
        foreach ($name in $Kind) {
            if ([string]$row.RecipientTypeDetails -like $name) {
                $ofKind = $true
            }
        }
        if ($hit -and $ofKind) {
            $row
        }
    }
}

# Whether somebody is a direct member of a group
function Test-Member {
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [string]$Group,
        [string]$Member
    )
    $found = $false
    $groups = @(Find-Row -Table 'Recipients' -Identity $Group)
    foreach ($row in $store['Members']) {
        if ($groups.Count -eq 1 -and $row.Group -eq [string]$groups[0].Guid -and $row.Member -eq $Member) {
            $found = $true
        }
    }
    $found
}

# Takes rows out of a table
function Remove-Row {
    [CmdletBinding()]
    param(
        [string]$Table,
        $Row
    )
    $null = $store[$Table].Remove($Row)
}

# A row of a table with these columns
function Add-Row {
    [CmdletBinding()]
    param(
        [string]$Table,
        $Row
    )
    $made = '' | Select-Object -Property @($Row.Keys)
    foreach ($key in $Row.Keys) {
        $made.$key = $Row[$key]
    }
    $null = $store[$Table].Add($made)
    $made
}

# The entry of a user in the rights on a folder
function Find-Right {
    [CmdletBinding()]
    param(
        [string]$Folder,
        [string]$User
    )
    $person = Get-Row -Table 'Recipients' -Identity $User
    foreach ($right in $store['Rights']) {
        $sameFolder = [string]::Equals($right.Folder, $Folder, $ignoreCase)
        if ($sameFolder -and [string]::Equals($right.Person, [string]$person.Guid, $ignoreCase)) {
            $right
        }
    }
}

#= Connect-ExchangeOnline
$store['Connected'] = $true
'connected'

#= Disconnect-ExchangeOnline
$store['Connected'] = $false
'disconnected'

#= Get-ConnectionInformation
if ($store['Connected']) {
    $store['Connection']
}

#= Get-Recipient
Find-Recipient -Identity $Identity -Filter $Filter -Kind '*'

#= Get-Mailbox
Find-Recipient -Identity $Identity -Filter $Filter -Kind '*Mailbox'

#= Get-EXOMailbox
Find-Recipient -Identity $Identity -Filter $Filter -Kind '*Mailbox'

#= Get-DistributionGroup
Find-Recipient -Identity $Identity -Filter $Filter -Kind @('Mail*Group', 'RoomList')

#= New-DistributionGroup
$kind = 'MailUniversalDistributionGroup'
if ($Type -eq 'Security') {
    $kind = 'MailUniversalSecurityGroup'
}
if ($RoomList) {
    $kind = 'RoomList'
}
$group = [ordered]@{
    Name = $Name
    Identity = $Name
    PrimarySmtpAddress = $PrimarySmtpAddress
    RecipientTypeDetails = $kind
    Guid = Get-NewId
    ExternalDirectoryObjectId = Get-NewId
    DistinguishedName = 'CN={0},{1}' -f $Name, $store['Place']
}
Add-Row -Table 'Recipients' -Row $group

#= Remove-DistributionGroup
$group = Get-Row -Table 'Recipients' -Identity $Identity
Remove-Row -Table 'Recipients' -Row $group
'removed'

#= Get-DistributionGroupMember
$group = Get-Row -Table 'Recipients' -Identity $Identity
foreach ($row in @($store['Members'])) {
    if ($row.Group -eq [string]$group.Guid) {
        Get-Row -Table 'Recipients' -Identity $row.Member
    }
}

#= Add-DistributionGroupMember
$group = Get-Row -Table 'Recipients' -Identity $Identity
$person = Get-Row -Table 'Recipients' -Identity $Member
if (Test-Member -Group ([string]$group.Guid) -Member ([string]$person.Guid)) {
    throw ('The recipient "{0}" is already a member of the group "{1}".' -f $Member, $Identity)
}
Add-Row -Table 'Members' -Row ([ordered]@{ Group = [string]$group.Guid; Member = [string]$person.Guid })

#= Remove-DistributionGroupMember
$group = Get-Row -Table 'Recipients' -Identity $Identity
$person = Get-Row -Table 'Recipients' -Identity $Member
foreach ($row in @($store['Members'])) {
    if ($row.Group -eq [string]$group.Guid -and $row.Member -eq [string]$person.Guid) {
        Remove-Row -Table 'Members' -Row $row
    }
}
'removed'

#= Get-ApplicationAccessPolicy
foreach ($policy in @($store['Policies'])) {
    if (-not $Identity -or $policy.Identity -eq [string]$Identity) {
        $policy
    }
}

#= New-ApplicationAccessPolicy
$group = Get-Row -Table 'Recipients' -Identity $PolicyScopeGroupID
$raw = 'S-1-5-21-1;{0}' -f $group.ExternalDirectoryObjectId
foreach ($app in $AppId) {
    $policy = [ordered]@{
        Identity = '{0}\{1}:{2}' -f $store['Tenant'], $app, $raw
        AppId = $app
        AccessRight = [string]$AccessRight
        ScopeName = $group.Name
        ScopeIdentity = $group.Name
        ScopeIdentityRaw = $raw
        Description = $Description
        IsValid = $true
    }
    Add-Row -Table 'Policies' -Row $policy
}

#= Remove-ApplicationAccessPolicy
foreach ($policy in @($store['Policies'])) {
    if ($policy.Identity -eq [string]$Identity) {
        Remove-Row -Table 'Policies' -Row $policy
    }
}
'removed'

#= Test-ApplicationAccessPolicy
$person = Get-Row -Table 'Recipients' -Identity $Identity
$result = 'Granted'
$restricted = $false
$let = $false
foreach ($policy in @($store['Policies'])) {
    if ([string]$policy.AppId -ne $AppId) {
        continue
    }
    $groupId = ([string]$policy.ScopeIdentityRaw).Split(';')[-1]
    $inside = Test-Member -Group $groupId -Member ([string]$person.Guid)
    if ($policy.AccessRight -eq 'DenyAccess' -and $inside) {
        $result = 'Denied'
    } elseif ($policy.AccessRight -eq 'RestrictAccess') {
        $restricted = $true
        $let = $let -or $inside
    }
}
if ($restricted -and -not $let) {
    $result = 'Denied'
}
$answer = '' | Select-Object -Property @('AppId', 'Mailbox', 'MailboxId', 'MailboxSid', 'AccessCheckResult')
$answer.AppId = $AppId
$answer.Mailbox = $person.Name
$answer.AccessCheckResult = $result
$answer

#= Get-ServicePrincipal
foreach ($pointer in @($store['Pointers'])) {
    $pointer
}

#= New-ServicePrincipal
Add-Row -Table 'Pointers' -Row ([ordered]@{ AppId = $AppId; ObjectId = $ObjectId; DisplayName = $DisplayName })

#= Remove-ServicePrincipal
$pointer = Get-Row -Table 'Pointers' -Identity $Identity
Remove-Row -Table 'Pointers' -Row $pointer
'removed'

#= Test-ServicePrincipalAuthorization
$null = Get-Row -Table 'Pointers' -Identity $Identity
foreach ($assignment in @($store['Assignments'])) {
    $inScope = 'Not Run'
    if ($Resource) {
        $person = Get-Row -Table 'Recipients' -Identity $Resource
        $inScope = $assignment.Unit -and $person.Name -eq $store['InUnit']
        foreach ($scope in @($store['Scopes'])) {
            $named = $scope.Name -eq [string]$assignment.CustomResourceScope
            $members = @(Find-Recipient -Filter $scope.RecipientFilter -Kind '*')
            foreach ($member in $members) {
                if ($named -and $member.Guid -eq $person.Guid) {
                    $inScope = $true
                }
            }
        }
    }
    $answer = '' | Select-Object -Property @('RoleName', 'GrantedPermissions', 'AllowedResourceScope', 'InScope')
    $answer.RoleName = $assignment.Role
    $answer.InScope = $inScope
    $answer
}

#= Get-ManagementScope
foreach ($scope in @($store['Scopes'])) {
    $scope
}

#= New-ManagementScope
Add-Row -Table 'Scopes' -Row ([ordered]@{ Name = $Name; RecipientFilter = $RecipientRestrictionFilter; RecipientRoot = '' })

#= Remove-ManagementScope
$scope = Get-Row -Table 'Scopes' -Identity $Identity
Remove-Row -Table 'Scopes' -Row $scope
'removed'

#= Get-ManagementRoleAssignment
foreach ($assignment in @($store['Assignments'])) {
    if (-not $Role -or [string]$Role -eq [string]$assignment.Role) {
        $assignment
    }
}

#= New-ManagementRoleAssignment
$assignment = [ordered]@{
    Identity = $Name
    Name = $Name
    Role = [string]$Role
    RoleAssignee = [string]$App
    RoleAssigneeName = [string]$App
    RoleAssigneeType = 'ServicePrincipal'
    CustomResourceScope = [string]$CustomResourceScope
    Unit = [string]$RecipientAdministrativeUnitScope
}
Add-Row -Table 'Assignments' -Row $assignment

#= Remove-ManagementRoleAssignment
$assignment = Get-Row -Table 'Assignments' -Identity $Identity
Remove-Row -Table 'Assignments' -Row $assignment
'removed'

#= Get-OrganizationConfig
$store['Config']

#= Set-OrganizationConfig
$store['Config'].EwsAllowedAppIDs = $EwsAllowedAppIDs
'set'

#= Get-CalendarProcessing
$room = Get-Row -Table 'Recipients' -Identity $Identity
Get-Row -Table 'Processing' -Identity ([string]$room.Guid)

#= Set-CalendarProcessing
$room = Get-Row -Table 'Recipients' -Identity $Identity
$row = Get-Row -Table 'Processing' -Identity ([string]$room.Guid)
foreach ($setting in @('AddOrganizerToSubject', 'DeleteComments', 'DeleteSubject', 'RemovePrivateProperty')) {
    if ($PSBoundParameters.ContainsKey($setting)) {
        $row | Add-Member -NotePropertyName $setting -NotePropertyValue $PSBoundParameters[$setting] -Force
    }
}
'set'

#= Get-MailboxFolderStatistics
$mailbox = Get-Row -Table 'Recipients' -Identity $Identity
foreach ($folder in @($store['Folders'])) {
    if ($folder.Mailbox -eq [string]$mailbox.Guid) {
        $folder
    }
}

#= Get-MailboxFolderPermission
foreach ($right in @($store['Rights'])) {
    if ([string]::Equals($right.Folder, [string]$Identity, $ignoreCase)) {
        $right
    }
}

#= Add-MailboxFolderPermission
$person = Get-Row -Table 'Recipients' -Identity $User
if (@(Find-Right -Folder $Identity -User $User).Count -gt 0) {
    throw ('An existing permission entry was found for user: {0}.' -f $User)
}
$who = '' | Select-Object -Property @('DisplayName', 'UserType', $store['Principal'])
$who.DisplayName = $person.Name
$who.UserType = 'Internal'
$property = $store['Principal']
$who.$property = $person
$rights = @($AccessRights)
if ($store['Odd']) {
    $who.$property = $person.PrimarySmtpAddress
    $rights = [string]$AccessRights
}
$right = [ordered]@{
    Folder = [string]$Identity
    Person = [string]$person.Guid
    FolderName = 'Calendar'
    User = $who
    AccessRights = $rights
    SharingPermissionFlags = $null
}
Add-Row -Table 'Rights' -Row $right

#= Set-MailboxFolderPermission
foreach ($right in @(Find-Right -Folder $Identity -User $User)) {
    $right.AccessRights = @($AccessRights)
}
'set'

#= Remove-MailboxFolderPermission
foreach ($right in @(Find-Right -Folder $Identity -User $User)) {
    Remove-Row -Table 'Rights' -Row $right
}
'removed'

#= Get-MailboxPermission
foreach ($right in @(Find-Right -Folder $Identity -User $User)) {
    $right
}

#= Add-MailboxPermission
$person = Get-Row -Table 'Recipients' -Identity $User
$right = [ordered]@{
    Folder = [string]$Identity
    Person = [string]$person.Guid
    User = $person.Name
    AccessRights = @($AccessRights)
    IsInherited = $false
    Deny = $false
}
Add-Row -Table 'Rights' -Row $right

#= Remove-MailboxPermission
foreach ($right in @(Find-Right -Folder $Identity -User $User)) {
    Remove-Row -Table 'Rights' -Row $right
}
'removed'

#= New-Mailbox
$address = $PSBoundParameters['UserPrincipalName']
if (-not $address) {
    $address = $PSBoundParameters['MicrosoftOnlineServicesID']
}
if ($null -eq $Password) {
    throw 'There is no password.'
}
$mailbox = [ordered]@{
    Name = $Name
    Identity = $Name
    UserPrincipalName = $address
    PrimarySmtpAddress = $address
    RecipientTypeDetails = 'UserMailbox'
    Guid = Get-NewId
    ExternalDirectoryObjectId = Get-NewId
    DistinguishedName = 'CN={0},{1}' -f $Name, $store['Place']
}
Add-Row -Table 'Recipients' -Row $mailbox
