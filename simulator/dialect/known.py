"""Names of the real engine's commands: where one is known there, "not found" would be wrong."""

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
