"""What the simulated meetings are called and where they are held."""

PREFIXES = ("HEM:", "SJU:", "SLU:", "UPP:", "LUN:", "MOT:", "UTE:", "SEM:")
SUBJECTS: tuple[str | None, ...] = (
    "Veckomöte",
    "Avstämning",
    "Projektmöte Øresund",
    "1:1",
    "Lunch",
    "Styrgrupp",
    "Kundbesök Łódź",
    "Sprint planning",
    "Budget 'Q4' – utkast",
    "O’Brien & O'Neill",
    "",
    None,
    "🎉 Firande 🎂",
    "<script>alert(1)</script>",
    "Möte; DROP TABLE events",
    '"citat", komma; semikolon',
    "rad ett\ttabb",
    "תכנון שבועי",
    "会議",
    "A\u030angstro\u0308m",  # combining marks
    "=1+1",
    "$(Get-Date)",
    "Lång rubrik " + "åäö " * 55,
    "FW: SV: RE: status",
)
PRIVATE_SUBJECTS = (
    "Läkarbesök",
    "Psykologsamtal",
    "Lönesamtal",
    "Anställningsintervju hos annan",
    "Skilsmässa, advokat",
    "Provsvar",
)
PLACES = ("Öresund", "Kundens kontor, Łódź", "Rum 4:12 ’Norr’", "Zoom", "Café Å", "Hemma")
CATEGORIES = ("Blå kategori", "Viktigt", "Kund")
BODY = "<html><head></head><body><p>Dagordning &amp; länkar: {subject}</p></body></html>"
