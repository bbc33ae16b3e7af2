"""Names that the real engine knows from the start, of commands, variables and functions: "not found" would be wrong."""

import re

VERB_NOUN = re.compile(r"[A-Z][a-z]+-([A-Za-z][A-Za-z0-9]*)")
REAL_NOUNS = frozenset(
    """
    acl alias archive argumentcompleter authenticodesignature breakpoint childitem ciminstance clipboard clixml
    cmsmessage command computer computerinfo connection content counter credential csv culture date debug default
    dynamickeyword engineevent error errorview event eventsubscriber executionpolicy experimentalfeature
    expression filecatalog filehash formatdata gridview guid help history host hotfix html information item
    itemproperty itempropertyvalue job json line list location mailmessage man markdown markdowninfo
    markdownoption member mode module modulemanifest modulemember more null object objectevent output package
    packageprovider packagesource path pause pfxcertificate process progress prompt psbreakpoint pscallstack
    psdebug psdrive pshostprocess pshostprocessinfo psprovider psreadline psreadlinekeyhandler psreadlineoption
    psrepository psresource psresourcerepository psrolecapabilityfile psscriptfileinfo pssession
    pssessionconfiguration pssessionconfigurationfile pssessionoption pssnapin pssubsystem random restmethod
    runspace runspacedebug script scriptfileinfo secret secrets securerandom securestring service sleep strictmode
    string table temporaryfile threadjob timespan timezone tracesource transcript typedata uiculture unique uptime
    variable verb verbose warning webrequest wide xml
    """.split()  # noqa: SIM905 (a long list reads better so)
)

# variables that are there before a script sets any, or that come and go; where the dialect has one, it is set already
AUTOMATIC = frozenset(
    """
    ? ^ $ _ args consolefilename debugpreference enabledexperimentalfeatures errorview event eventargs
    eventsubscriber executioncontext foreach formatenumerationlimit home host informationpreference input iscoreclr
    islinux ismacos iswindows maximumhistorycount myinvocation nestedpromptlevel ofs outputencoding pid profile
    progresspreference psboundparameters pscmdlet pscommandpath psculture psdebugcontext psdefaultparametervalues
    psedition psemailserver pshome psitem pslogusercommand psmoduleautoloadingpreference
    psnativecommandargumentpassing psnativecommanduseerroractionpreference psscriptroot pssenderinfo
    pssessionapplicationname pssessionconfigurationname pssessionoption psstyle psuiculture psversiontable pwd sender
    shellid stacktrace switch this
    """.split()  # noqa: SIM905 (a long list reads better so)
)
FUNCTIONS = frozenset(["prompt", "tabexpansion2", "cd..", "cd\\", "cd~", "clear-host", "help", "oss", "pause", "exec"])
