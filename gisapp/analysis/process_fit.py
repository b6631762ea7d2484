"""Which plant can take what a deposit ships: one table of feeds, with the reason of every line.

A mine does not send its mineral, it sends a product: spodumene concentrate, brine, laterite ore,
flake graphite. A plant takes some products and no others. The two tables below give each site the
feeds that it ships or takes; a plant fits a deposit if they share one. The first line that matches
counts. A site that no line matches is of unknown feed: it is not ruled out, and a note says so.

What is known comes from the process, the minerals and the published products of a site; where
these do not tell, works are named one by one, from their operators' own descriptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from gisapp.model.vocabulary import family

#: Feeds of a site; None is unknown, the empty set nothing that a mine ships.
Feeds = frozenset[str] | None

#: A deposit whose product is the metal already.
NEEDS_NONE: Final = frozenset({"none needed"})


@dataclass(frozen=True)
class Site:
    """What is known of a site.

    Parameters
    ----------
    text
        Id, name and published products, lower case.
    """

    minerals: frozenset[str]
    process: str
    country: str
    text: str


@dataclass(frozen=True)
class Fit:
    """The feeds of a site, and why: a clause that follows "they" in a sentence."""

    feeds: Feeds
    why: str = ""


@dataclass(frozen=True)
class _Line:
    """One line of a table.

    Parameters
    ----------
    minerals
        Asked for; any of them, "" for every mineral.
    feeds
        Shipped or taken, divided by ";"; "" is nothing that a mine ships.
    process
        Of the site, any of these; "" any.
    text
        Pattern to be found in the site's text.
    beside
        Pattern to be found in the site's minerals, sorted and divided by ";".
    countries
        Of the site, any of these; "" any.
    """

    minerals: str
    feeds: str
    why: str
    process: str = ""
    text: str = ""
    beside: str = ""
    countries: str = ""

    def is_of(self, mineral: str) -> bool:
        """Say whether the line speaks of a mineral, or of one of its children."""
        return not self.minerals or not family(mineral).isdisjoint(self.minerals.split())

    def matches(self, site: Site) -> bool:
        """Say whether the line speaks of a site."""
        return (
            (not self.process or site.process in self.process.split())
            and (not self.countries or site.country in self.countries.split())
            and (not self.text or re.search(self.text, site.text) is not None)
            and (
                not self.beside
                or re.search(self.beside, ";".join(sorted(site.minerals))) is not None
            )
        )

    @property
    def fit(self) -> Fit:
        return Fit(_words(self.feeds), self.why)


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split(";") if word)


_REE: Final = "rare_earths light_rare_earths heavy_rare_earths"
_LIGHT, _HEAVY = "light rare-earth concentrate", "heavy rare-earth concentrate"
_BOTH_REE: Final = r"heavy_rare_earths;(.*;)?light_rare_earths"
_PGM: Final = "platinum_group platinum palladium"

#: What deposits ship.
DEPOSITS: Final = (
    # Lithium: brine, hard rock and clay are three industries.
    _Line("lithium", "lithium brine", "pump brine", process="brine in_situ"),
    _Line(
        "lithium",
        "lithium brine",
        "are brines under study",
        text=r"\bbrine|\bsal(ar|ares|-de)\b|smackover|hells-kitchen|clearwater-e3|green-river"
        r"|kachi|maricunga|arizaro|ascotan|coipasa|cauchari|hombre-muerto|laguna-verde"
        r"|pastos-grandes|\brincon|lithium chloride",
    ),
    _Line(
        "lithium",
        "lithium clay",
        "are clays and borates, leached beside the mine",
        text=r"thacker|mcdermitt|\btlc-|tonopah-flats|rhyolite-ridge|sonora|bonnie-claire"
        r"|angel-island|falchani|jadar",
    ),
    _Line(
        "lithium",
        "lithium mica",
        "are lepidolite or zinnwaldite",
        text=r"lepidolite|zinnwald|cinovec|emili|british-lithium|trelavour|alvarroes|jianxiawo"
        r"|huashan|baishuidong|dagang|jijiaoshan|xiangyuan|shuinanduan|yichun-414|karibib",
    ),
    _Line("lithium", "spodumene concentrate", "ship a concentrate", text="concentrate|petalite"),
    _Line(
        "lithium", "spodumene concentrate", "are hard rock mines", process="open_pit underground"
    ),
    _Line("lithium", "spodumene concentrate", "are pegmatites", beside=r"tantalum|\btin\b"),
    # Nickel and the cobalt in it: laterite is smelted to ferronickel or leached under pressure,
    # sulphide is concentrated and smelted to matte.
    _Line("nickel cobalt", "terrafame ore", "leach their ore in heaps", text="terrafame"),
    _Line("nickel cobalt", "laterite nickel ore", "are laterite", text="musongati"),
    _Line(
        "cobalt",
        "cobalt concentrate",
        "ship a concentrate of cobalt minerals",
        text="bou-azzer|idaho-cobalt|iron-creek|^nico|madison-missouri|broken-hill-cobalt",
    ),
    _Line(
        "cobalt",
        "copper-cobalt ore;cobalt hydroxide",
        "are copper-cobalt ore of the Copperbelt, leached to hydroxide",
        beside="copper",
        countries="COD UGA",
    ),
    _Line(
        "cobalt", "copper concentrate", "are copper sulphide", beside="copper", countries="ZMB CHL"
    ),
    _Line(
        "nickel cobalt",
        "nickel sulphide concentrate",
        "are sulphide, as copper or platinum stands beside nickel",
        beside="copper.*nickel|nickel.*platinum_group",
    ),
    _Line(
        "nickel cobalt",
        "nickel sulphide concentrate",
        "ship a concentrate, which only sulphide gives",
        text="in concentrate",
    ),
    _Line(
        "nickel cobalt",
        "nickel sulphide concentrate",
        "are sulphide or awaruite",
        text="black-swan|avebury|cosmos|forrestania|kambalda|leinster|mt-keith|thompson|jaguar"
        "|enterprise|baptiste|crawford|dumont|turnagain|bou-azzer|andover",
    ),
    _Line(
        "nickel cobalt",
        "laterite nickel ore",
        "are laterite",
        text=r"\(wet|limonite|saprolite|\bmhp\b|ferronickel|laterite|murrin|ravensthorpe"
        r"|goongarrie|sunrise",
    ),
    _Line(
        "nickel cobalt",
        "laterite nickel ore",
        "are nickel ore of the tropics without copper, which is laterite",
        beside="nickel",
        countries="IDN PHL NCL CUB GTM MMR DOM GRC TUR MDG PNG COL BRA ALB",
    ),
    # Copper: cathode of solvent extraction needs no smelter.
    _Line(
        "copper",
        "none needed",
        "make copper cathode at the mine, which needs no smelter",
        text="^(?!.*copper in concentrate).*copper cathode|gabriela-mistral|safford",
    ),
    _Line("copper", "blister copper", "smelt their own concentrate", text="blister"),
    _Line(
        "copper",
        "copper-cobalt ore",
        "are copper-cobalt ore of the Copperbelt",
        beside="cobalt;copper",
        countries="COD",
    ),
    _Line(
        "copper",
        "copper concentrate;nickel sulphide concentrate",
        "are nickel-copper sulphide",
        beside="copper.*nickel",
    ),
    _Line("copper tellurium", "copper concentrate", "ship copper concentrate", beside="copper"),
    # Rare earths: circuits for light and for heavy ones are different works.
    _Line(_REE, "loparite", "ship loparite", text="loparite|lovozero"),
    _Line(_REE, f"{_LIGHT};{_HEAVY}", "hold light and heavy ones", beside=_BOTH_REE),
    _Line(_REE, f"{_LIGHT};{_HEAVY}", "are clay with light and heavy ones", text="serra-verde"),
    _Line(_REE, _LIGHT, "hold light ones", beside="light_rare_earths"),
    _Line(_REE, _HEAVY, "hold heavy ones", beside="heavy_rare_earths"),
    _Line(_REE, _HEAVY, "are ion-adsorption clays", process="in_situ"),
    # Aluminium, gallium and germanium.
    _Line("aluminium", "bauxite", "ship bauxite"),
    _Line("gallium", "bauxite", "hold gallium in bauxite", beside="aluminium"),
    _Line("germanium", "germanium-bearing coal", "are lignite", text="lincang|spetsugli|wulantuga"),
    _Line("gallium germanium", "coal", "are coal", text="brook-mine"),
    _Line(
        "gallium germanium", "zinc concentrate", "hold it in zinc concentrate", beside="germanium"
    ),
    # Graphite, uranium, titanium and the rest.
    _Line("graphite", "vein graphite", "ship vein graphite", text="vein graphite"),
    _Line("graphite", "flake graphite", "ship natural graphite"),
    _Line("uranium", "U3O8", "dissolve uranium in place and dry it on site", process="in_situ"),
    _Line(
        "uranium",
        "uranium ore",
        "send their ore to another owner's or site's mill",
        text="cigar-lake|mcarthur-river|pinyon-plain",
    ),
    _Line(
        "uranium",
        "U3O8",
        "have their own mill",
        text="u3o8|jaduguda",
        process="open_pit underground",
    ),
    _Line("titanium niobium tantalum", "loparite", "ship loparite", text="lovozero"),
    _Line("titanium", "ilmenite;rutile", "ship ilmenite and rutile", text="ilmenite.*rutile"),
    _Line("titanium", "rutile", "ship rutile", text="rutile"),
    _Line("titanium", "ilmenite", "ship ilmenite", text="ilmenite|titanium concentrate"),
    _Line(
        "vanadium",
        "vanadium oxide",
        "make vanadium oxide at the mine",
        text="v2o5|vametco|balasaus|maracas",
    ),
    _Line(
        "titanium vanadium", "titanomagnetite", "are titanomagnetite", beside="titanium;vanadium"
    ),
    _Line("titanium", "ilmenite;rutile", "are mineral sands", beside="titanium;zirconium"),
    _Line(
        "vanadium", "titanomagnetite", "are titanomagnetite", text="kachkanar|mapochs|windimurra"
    ),
    _Line("zirconium", "zircon", "ship zircon", beside="titanium"),
    _Line("niobium tantalum", "tantalite", "hold tantalite and columbite", beside="tantalum"),
    _Line("niobium", "pyrochlore", "are pyrochlore", beside="niobium"),
    _Line("tungsten", "tungsten concentrate", "ship a concentrate"),
    _Line("tin", "tin concentrate", "ship a concentrate"),
    _Line("antimony", "antimony concentrate", "ship a concentrate"),
    _Line("chromium", "chromite", "ship chromite"),
    _Line("manganese", "manganese ore", "ship ore"),
    _Line("fluorspar", "fluorspar", "ship fluorspar"),
    _Line("beryllium", "beryllium ore", "ship ore or beryl"),
    _Line(
        _PGM,
        "PGM concentrate;nickel sulphide concentrate",
        "are nickel-copper sulphide with platinum-group metals",
        beside="nickel;platinum",
    ),
    _Line(_PGM, "PGM concentrate", "ship a concentrate"),
)

_INTERMEDIATES: Final = "refine intermediates such as matte, hydroxide or sulphide"

#: What plants take.
PLANTS: Final = (
    _Line(
        _REE,
        _HEAVY,
        "separate heavy concentrate beside magnets",
        text="caremag",
        process="recycling",
    ),
    _Line("", "", "take scrap", process="recycling"),
    _Line(
        "", "", "make precursors and cathodes of refined metal salts", process="precursor_cathode"
    ),
    _Line("", "", "take used magnets", process="recycled_magnet"),
    # Lithium.
    _Line("lithium", "", "make metal of refined lithium", process="metal_alloy"),
    _Line(
        "lithium",
        "lithium brine",
        "stand at a salar or take its brine",
        text="la-negra|carmen|exar|fenix-plant|centenario|dongtai|guemes|mariana-plant|olaroz"
        "|golmud|silver-peak|smackover|tres-quebradas|vulcan|ylb-|zabuye|sal-de|rincon",
    ),
    _Line("lithium", "lithium clay", "leach clay beside its mine", text="thacker"),
    _Line(
        "lithium",
        "",
        "turn carbonate into other lithium products",
        text="kings-mountain|bessemer|bitterfeld|naraha|halmek|khmz|do-fluoride|ecopro-innovation",
    ),
    _Line(
        "lithium",
        "lithium mica;spodumene concentrate",
        "take lepidolite and spodumene",
        text="zhicun",
    ),
    _Line(
        "lithium",
        "lithium mica",
        "take lepidolite or zinnwaldite",
        text="jiuling|yongxing|nanshi|emili|cinovec|zinnwald",
    ),
    _Line(
        "lithium",
        "spodumene concentrate",
        "roast spodumene",
        text="albemarle-(chengdu|meishan|qinzhou|xinyu)|arcadia|becancour|canmax|\\bcbl|chengtok"
        "|chengxin|covalent|frontier|ganfeng|general-lithium|green-lithium|huayou-guangxi|keliber"
        "|kemerton|kwinana|posco-pilbara|rocktech|ruifu|sinomine|tesla|tianqi|yahua|spodumene",
    ),
    # Cobalt before nickel: a cobalt refinery takes hydroxide.
    _Line(
        "cobalt copper",
        "copper-cobalt ore",
        "leach the ore of the Copperbelt",
        text="in hydroxide|luilu|hydroxide-plant|metalkol|mutanda|kinsevere|cdm-",
    ),
    _Line("cobalt", "cobalt concentrate", "take cobalt concentrate", text="guemassa|nico-refinery"),
    _Line(
        "cobalt",
        "cobalt hydroxide",
        "refine cobalt hydroxide",
        text="kokkola|huayou-(quzhou|tongxiang)|hanrui|tengyuan|jinchuan-lanzhou|umicore-olen"
        "|electra|chambishi-metals",
    ),
    _Line("cobalt germanium copper", "slag", "take slag of old smelters", text="stl-big-hill"),
    _Line(
        "cobalt", "copper concentrate", "smelt copper", beside="^cobalt;copper$", process="smelting"
    ),
    # Nickel and cobalt.
    _Line("nickel cobalt", "terrafame ore", "take the heaps' solution", text="terrafame"),
    _Line(
        "nickel cobalt copper",
        "nickel sulphide concentrate",
        "take nickel concentrate",
        text="long-harbour|jinchuan-jinchang|xinxin|jien-|kahama|kalgoorlie",
    ),
    _Line(
        "nickel cobalt copper",
        "nickel sulphide concentrate;copper concentrate",
        "smelt nickel and copper concentrate",
        text="harjavalta-boliden",
    ),
    _Line(
        "nickel cobalt copper",
        "nickel sulphide concentrate",
        "smelt nickel-copper concentrate to matte",
        beside="copper.*nickel",
        process="smelting",
    ),
    _Line(
        "nickel cobalt",
        "laterite nickel ore",
        "smelt laterite to ferronickel, pig iron or matte",
        beside="nickel",
        process="smelting",
    ),
    _Line(
        "nickel cobalt",
        "laterite nickel ore",
        "leach laterite",
        text=r"hpal|\bmhp\b|in mixed sulphide|ambatovy|che-guevara|\bmoa-|murrin|\bramu|goro"
        "|yabulu",
    ),
    _Line(
        "nickel cobalt", "", _INTERMEDIATES, process="refining chemical_conversion", beside="nickel"
    ),
    _Line("cobalt", "", _INTERMEDIATES, text="kwinana-cobalt"),
    # Copper.
    _Line(
        "copper",
        "zinc and lead concentrate",
        "smelt zinc and lead, copper being a by-product",
        text="trail-|port-pirie|korea-zinc|clarksville|kosaka",
    ),
    _Line("copper", "", _INTERMEDIATES, process="refining", beside="copper.*nickel"),
    _Line("copper", "blister copper", "refine blister and anodes", process="refining"),
    _Line(
        "copper tellurium",
        "copper concentrate",
        "smelt copper",
        process="smelting",
        beside="copper",
    ),
    # Rare earths.
    _Line(_REE, "loparite", "chlorinate loparite", text="solikamsk-magnesium"),
    _Line(_REE, "", "make metal, alloy or powder of separated oxides", process="metal_alloy"),
    _Line(_REE, "", "purify separated oxides", process="refining"),
    _Line(_REE, "", "make products of separated oxides", text="treibacher"),
    _Line(_REE, "", "take residues of uranium mills", text="sareco"),
    _Line(_REE, f"{_LIGHT};{_HEAVY}", "separate light and heavy ones", beside=_BOTH_REE),
    _Line(_REE, _LIGHT, "have circuits for light ones", beside="light_rare_earths"),
    _Line(_REE, _HEAVY, "have circuits for heavy ones", beside="heavy_rare_earths"),
    # Aluminium, gallium, germanium.
    _Line("aluminium gallium", "nepheline", "take nepheline", text="pikalevo"),
    _Line(
        "aluminium gallium",
        "bauxite",
        "refine bauxite to alumina",
        process="refining",
        beside="aluminium",
    ),
    _Line("aluminium", "", "smelt alumina", process="smelting"),
    _Line(
        "germanium",
        "germanium-bearing coal",
        "take ash of lignite",
        text="lincang|xilinhot|novomosk",
    ),
    _Line(
        "gallium germanium",
        "",
        "purify raw metal",
        text="nanjing-jinmei|five-n-plus|vital-materials",
    ),
    _Line(
        "gallium germanium",
        "zinc concentrate",
        "smelt zinc and lead, with recovery of the rarer metals",
        process="smelting refining",
        beside="indium|germanium",
    ),
    # Graphite.
    _Line(
        "graphite",
        "",
        "make synthetic graphite of coke",
        text="synthetic|anovion|bodio|novonix|omachi|meitingen|xingfeng",
    ),
    _Line("graphite", "flake graphite;vein graphite", "mill natural graphite", text="hauzenberg"),
    _Line(
        "graphite",
        "flake graphite",
        "round flake to spherical graphite",
        text="natural|spherical|btr-jixi|falcon-jorf|graphite-one|nextsource|nmg-|posco-s"
        "|shinestar|syrah|talga",
    ),
    # Uranium: U3O8 is converted; conversion's own steps and enrichment take no ore.
    _Line("uranium", "uranium ore", "mill ore", text=r"-mill\b"),
    _Line("uranium", "U3O8", "convert U3O8", text="blind-river|metropolis|malvesi|seversk"),
    _Line(
        "uranium",
        "",
        "convert UO3 or UF4, or enrich UF6",
        process="refining",
    ),
    _Line("uranium", "", "make fuel and metal", process="metal_alloy"),
    _Line(
        "uranium", "own copper ore", "recover uranium of their own copper ore", process="smelting"
    ),
    # Titanium, vanadium, zirconium.
    _Line(
        "titanium niobium tantalum", "loparite", "chlorinate loparite", text="solikamsk-magnesium"
    ),
    _Line(
        "titanium",
        "ilmenite;titanomagnetite",
        "smelt ilmenite to slag",
        text="avisma|uktmp|zaporizhzhia|pangang",
    ),
    _Line("titanium", "ilmenite;titanomagnetite", "smelt or roast ilmenite", process="smelting"),
    _Line("titanium", "ilmenite", "roast ilmenite to synthetic rutile", text="synthetic rutile"),
    _Line("titanium", "", "roll and forge metal", text="vsmpo|wah-chang|asm-korean"),
    _Line("titanium", "rutile", "chlorinate rutile and slag to sponge", process="metal_alloy"),
    _Line(
        "titanium vanadium",
        "titanomagnetite",
        "take titanomagnetite or its slag",
        text="pangang|chengde|nizhny-tagil|vanchem",
    ),
    _Line("vanadium", "", "take slag of a steelworks", text="tula"),
    _Line("vanadium", "vanadium oxide", "make ferrovanadium of oxide", process="metal_alloy"),
    _Line("vanadium", "uranium ore", "mill uranium-vanadium ore", text="white-mesa"),
    _Line("zirconium", "", "separate sands of their own", text="rbm-smelter"),
    _Line("zirconium", "zircon", "take zircon"),
    # Niobium and tantalum.
    _Line(
        "niobium tantalum", "", "make alloys of refined metal", text="wah-chang|cemented|chepetsky"
    ),
    _Line(
        "niobium",
        "pyrochlore",
        "make ferroniobium of pyrochlore",
        text="ferroniobium|araxa|niobec|catalao",
    ),
    _Line("niobium tantalum", "tantalite", "dissolve tantalite and columbite", beside="tantalum"),
    # Tungsten, tin, antimony, chromium, manganese, fluorspar, beryllium.
    _Line("tungsten", "", "make hard metal and alloys of refined tungsten", process="metal_alloy"),
    _Line(
        "tungsten",
        "tungsten concentrate",
        "digest concentrate",
        process="chemical_conversion smelting",
    ),
    _Line("tin", "", "smelt scrap and residues", text="kosaka|hoboken"),
    _Line("tin", "tin concentrate", "smelt tin concentrate", process="smelting"),
    _Line(
        "antimony",
        "zinc and lead concentrate",
        "smelt zinc and lead, antimony being a by-product",
        text="trail-|korea-zinc|kazzinc|kosaka|clarksville|penoles|yuguang|hoboken|pirie",
    ),
    _Line(
        "antimony", "tin concentrate", "smelt tin, antimony being a by-product", text="laibin|vinto"
    ),
    _Line("antimony", "antimony concentrate", "smelt antimony concentrate", process="smelting"),
    _Line("chromium", "chromite", "smelt chromite to ferrochrome", process="metal_alloy smelting"),
    _Line(
        "manganese",
        "manganese ore",
        "take ore",
        process="metal_alloy refining chemical_conversion smelting",
    ),
    _Line("fluorspar", "fluorspar", "make hydrofluoric acid", process="chemical_conversion"),
    _Line("beryllium", "beryllium ore", "take beryllium ore", text="ulba", process="metal_alloy"),
    _Line("beryllium", "", "make metal and alloys of hydroxide", process="metal_alloy"),
    _Line("beryllium", "beryllium ore", "take beryllium ore", process="chemical_conversion"),
    # Platinum-group metals.
    _Line(
        _PGM,
        "PGM concentrate;nickel sulphide concentrate",
        "smelt and refine concentrate",
        text="jinchuan|nadezhda",
    ),
    _Line(_PGM, "", "smelt scrap", text="hoboken|kosaka|ronnskar"),
    _Line(_PGM, "PGM concentrate", "smelt concentrate", text="waterval"),
    _Line(_PGM, "PGM concentrate", "smelt concentrate", process="smelting"),
    _Line(_PGM, "", "refine matte and sludge of smelters", process="refining"),
    _Line("tellurium", "", "refine slimes of copper refineries", process="refining"),
)


def shipped(mineral: str, site: Site) -> Fit:
    """Return what a deposit ships of a mineral."""
    return _first(_of(mineral)[0], site)


def taken(mineral: str, site: Site) -> Fit:
    """Return what a plant takes for a mineral."""
    return _first(_of(mineral)[1], site)


@cache
def _of(mineral: str) -> tuple[tuple[_Line, ...], tuple[_Line, ...]]:
    """Return the lines of both tables that speak of a mineral."""
    return (
        tuple(line for line in DEPOSITS if line.is_of(mineral)),
        tuple(line for line in PLANTS if line.is_of(mineral)),
    )


def fits(ships: Feeds, takes: Feeds) -> bool:
    """Say whether a plant is not ruled out for a deposit: an unknown feed is any that is mined."""
    if takes is not None and not takes:
        return False
    if ships == NEEDS_NONE:
        return False
    return ships is None or takes is None or not ships.isdisjoint(takes)


def _first(lines: tuple[_Line, ...], site: Site) -> Fit:
    return next((line.fit for line in lines if line.matches(site)), Fit(None))
