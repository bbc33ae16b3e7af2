"""Words that PowerShell and PSScriptAnalyzer know: approved verbs, aliases that come with the shell, variables."""

VERB_WORDS = """
add approve assert backup block build checkpoint clear close compare complete compress confirm connect convert
convertfrom convertto copy debug deny deploy disable disconnect dismount edit enable enter exit expand export find
format get grant group hide import initialize install invoke join limit lock measure merge mount move new open
optimize out ping pop protect publish push read receive redo register remove rename repair request reset resize
resolve restart restore resume revoke save search select send set show skip split start step stop submit suspend
switch sync test trace unblock undo uninstall unlock unprotect unpublish unregister update use wait watch write
"""
VERBS = frozenset(VERB_WORDS.split())
CHANGING = frozenset(("new", "set", "remove", "start", "stop", "restart", "reset", "update"))
ALIAS_WORDS = """
? % ac cat cd chdir clc clear clhy cli clp cls clv cnsn compare copy cp cpi cpp cvpa dbp del diff dir dnsn ebp echo
epal epcsv erase etsn exsn fc fhx fl foreach ft fw gal gbp gc gcb gci gcm gcs gdr gerr ghy gi gin gjb gl gm gmo gp
gps gpv group gsn gsv gtz gu gv h history icm iex ihy ii ipal ipcsv ipmo irm iwr kill ls man md measure mi mount
move mp mv nal ndr ni nmo nsn nv ogv oh popd ps pushd pwd r rbp rcjb rcsn rd rdr ren ri rjb rm rmdir rmo rni rnp rp
rsn rv rvpa sajb sal saps sasv sbp scb select set shcm si sl sleep sls sort sp spjb spps spsv start stz sv tee type
where wjb write
"""
ALIASES = frozenset(ALIAS_WORDS.split())
ENGINE_WORDS = "_ args error false foreach host input matches null psitem this true"
OF_THE_ENGINE = frozenset(ENGINE_WORDS.split())
