"""Tables in many languages and code pages, as ministries and mining firms hand them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.data.corpus import write

#: Language to code pages it comes in, country (ISO 3166 alpha-3) and rows of name, place, owner.
TABLES: dict[str, tuple[tuple[str, ...], str, list[tuple[str, str, str]]]] = {
    "polish": (("cp1250",), "POL", [
        ("Kopalnia Lubin", "Lubin", "KGHM Polska Miedź"), ("ZG Rudna", "Polkowice", "KGHM"),
        ("Huta Miedzi Głogów", "Żukowice", "KGHM"), ("Kopalnia Bogdanka", "Puchaczów", "Lubelski Węgiel"),
        ("Huta Cynku Miasteczko Śląskie", "Tarnowskie Góry", "ZGH Bolesław")]),
    "czech": (("cp1250",), "CZE", [
        ("Cínovec", "Dubí", "Geomet"), ("Důl Rožná", "Dolní Rožínka", "Diamo"),
        ("Třinecké železárny", "Třinec", "Moravia Steel"), ("Příbram-Březové Hory", "Středočeský kraj", "")]),
    "slovak": (("cp1250",), "SVK", [
        ("Slovinky", "Košický kraj", "Železorudné bane"), ("Baňa Hodruša", "Žarnovica", "Slovenská banská"),
        ("Jelšava", "Revúca", "Slovenské magnezitové závody")]),
    "hungarian": (("cp1250",), "HUN", [
        ("Halimbai bauxitbánya", "Halimba", "Bakonyi Bauxitbánya Kft."), ("Mátrai Erőmű", "Visonta", "MVM"),
        ("Ajkai timföldgyár", "Ajka", "MAL Magyar Alumínium"), ("Gyöngyösoroszi", "Heves megye", ""),
        ("Recski érctelep", "Recsk", "Nyírőérc Zrt.")]),
    "romanian": (("cp1250",), "ROU", [
        ("Roşia Poieni", "Alba", "Cupru Min Abrud"), ("Roşia Montană", "Alba", "Minvest Deva"),
        ("Uzina Baia Mare", "Maramureş", "Romplumb"), ("Mina Băiţa Bihor", "Ştei", "Băiţa S.A.")]),
    "croatian": (("cp1250",), "HRV", [
        ("Tvornica glinice Obrovac", "Zadarska županija", "Jadral"), ("Željezara Sisak", "Sisak", ""),
        ("Kamenolom Žervanjska", "Orahovica", "Radlovac"), ("Površinski kop Sedrena", "Omiš", "Đuro Šarić d.o.o.")]),
    "russian": (("cp1251", "koi8_r", "cp866"), "RUS", [
        ("Ловозерский ГОК", "Ревда", "Росатом"), ("Заполярный филиал", "Норильск", "Норникель"),
        ("Томторское месторождение", "Якутия", "Восток Инжиниринг"), ("Соликамский магниевый завод", "Соликамск", "")]),
    "ukrainian": (("cp1251",), "UKR", [
        ("Іршанський ГЗК", "Житомирська область", "ОГХК"), ("Побузький феронікелевий комбінат", "Побузьке", ""),
        ("Запорізький титано-магнієвий", "Запоріжжя", "ЗТМК"), ("Шевченківське родовище літію", "Донецька область", "")]),
    "bulgarian": (("cp1251",), "BGR", [
        ("Челопеч", "Софийска област", "Дънди Прешъс Металс"), ("Рудник Асарел", "Панагюрище", "Асарел-Медет"),
        ("КЦМ", "Пловдив", "КЦМ 2000"), ("Елаците", "Етрополе", "Елаците-Мед")]),
    "kazakh russian": (("cp1251",), "KAZ", [
        ("Усть-Каменогорский комплекс", "Усть-Каменогорск", "Казцинк"), ("Жезказган", "Улытау", "Казахмыс"),
        ("Бозшаколь", "Экибастуз", "KAZ Minerals")]),
    "german": (("cp1252", "latin-1", "cp850"), "DEU", [
        ("Zinnwald", "Altenberg", "Zinnwald Lithium"), ("Hütte Hamburg", "Veddel", "Aurubis"),
        ("Grube Käfersteige", "Pforzheim", "Deutsche Flussspat"), ("Bergwerk Glückauf Süd", "Thüringen", "K+S")]),
    "french": (("cp1252", "latin-1"), "FRA", [
        ("Mine d'Échassières", "Allier", "Imerys"), ("Usine de La Rochelle", "Charente-Maritime", "Solvay"),
        ("Société Le Nickel", "Nouméa", "Eramet"), ("Gisement de Tréguennec", "Finistère", "")]),
    "spanish": (("cp1252", "latin-1"), "ESP", [
        ("Mina de Río Tinto", "Huelva", "Atalaya Mining"), ("San José de Valdeflórez", "Cáceres", "Infinity"),
        ("Peñasquito", "Zacatecas", "Newmont"), ("Fundición de cobre", "Antofagasta", "Minería y Energía S.A.")]),
    "portuguese": (("cp1252", "latin-1"), "BRA", [
        ("Mina de Carajás", "Parauapebas, Pará", "Vale S.A."), ("Araxá", "Minas Gerais", "CBMM"),
        ("Níquel Tocantins", "Niquelândia", "Votorantim"), ("Catalão", "Goiás", "Mineração Catalão")]),
    "italian": (("cp1252",), "ITA", [
        ("Miniera di Monteponi", "Iglesias", "Regione Sardegna"), ("Libertà", "Forlì", "Società mineraria"),
        ("Punta Corna", "Usseglio", "Altamin")]),
    "swedish": (("cp1252",), "SWE", [
        ("Per Geijer", "Kiruna", "LKAB"), ("Norra Kärr", "Jönköpings län", "Leading Edge Materials"),
        ("Rönnskärsverken", "Skelleftehamn", "Boliden"), ("Älvsbyn", "Norrbotten", "")]),
    "finnish": (("cp1252",), "FIN", [
        ("Syväjärvi", "Kaustinen", "Keliber"), ("Länttä", "Ullava", "Keliber"), ("Sokli", "Savukoski", "Suomen Malmijalostus"),
        ("Pyhäsalmi", "Pyhäjärvi", "First Quantum")]),
    "norwegian": (("cp1252",), "NOR", [
        ("Fensfeltet", "Nome", "Rare Earths Norway"), ("Sydvaranger", "Sør-Varanger", ""), ("Engebø", "Førde", "Nordic Rutile"),
        ("Nikkelverk", "Kristiansand", "Glencore")]),
    "danish": (("cp1252",), "GRL", [
        ("Kvanefjeld", "Narsaq", "Energy Transition Minerals"), ("Kringlerne", "Ilímaussaq", "Tanbreez"),
        ("Søndre Strømfjord", "Grønland", "")]),
    "icelandic": (("cp1252",), "ISL", [
        ("Álver Reyðarfjörður", "Fjarðabyggð", "Alcoa Fjarðaál"), ("Grundartangi", "Hvalfjarðarsveit", "Norðurál"),
        ("Straumsvík", "Hafnarfjörður", "Rio Tinto")]),
    "turkish": (("cp1254",), "TUR", [
        ("Kırka Bor İşletmesi", "Eskişehir", "Eti Maden"), ("Beylikova", "Eskişehir", "Eti Maden"),
        ("Seydişehir Alüminyum", "Konya", "Eti Alüminyum"), ("Ergani Bakır", "Diyarbakır", ""), ("Guleman", "Elazığ", "Eti Krom")]),
    "chinese": (("gbk",), "CHN", [
        ("白云鄂博铁矿", "内蒙古包头市", "包钢集团"), ("甲基卡锂矿", "四川省甘孜州", "融达锂业"),
        ("金川镍矿", "甘肃省金昌市", "金川集团"), ("赣州步莱铽", "江西省赣州市", "中国稀土集团")]),
    "chinese, traditional": (("big5",), "TWN", [
        ("中鋼鋁業", "高雄市小港區", "中國鋼鐵公司"), ("金瓜石", "新北市瑞芳區", "臺灣金屬礦業公司"),
        ("台灣稀土回收廠", "桃園市觀音區", "光洋應用材料科技"), ("和平水泥廠", "花蓮縣秀林鄉", "")]),
    "japanese": (("cp932", "euc_jp"), "JPN", [
        ("新居浜ニッケル工場", "愛媛県", "住友金属鉱山"), ("佐賀関製錬所", "大分県", "JX金属"),
        ("信越化学武生工場", "福井県越前市", "信越化学工業"), ("菱刈鉱山", "鹿児島県伊佐市", "住友金属鉱山")]),
    "korean": (("euc_kr",), "KOR", [
        ("광양 수산화리튬 공장", "전라남도", "포스코"), ("온산제련소", "울산광역시", "고려아연"),
        ("상동광산", "강원도 영월군", "알몬티대한중석"), ("석포제련소", "경상북도 봉화군", "영풍")]),
    "greek": (("cp1253",), "GRC", [
        ("Λάρυμνα", "Φθιώτιδα", "ΛΑΡΚΟ"), ("Αλουμίνιον της Ελλάδος", "Βοιωτία", "Μυτιληναίος"),
        ("Σκουριές", "Χαλκιδική", "Ελληνικός Χρυσός")]),
    "arabic": (("cp1256",), "SAU", [
        ("منجم الجلاميد", "الحدود الشمالية", "معادن"), ("رأس الخير", "المنطقة الشرقية", "معادن للألومنيوم"),
        ("مهد الذهب", "المدينة المنورة", "معادن"), ("خريبكة", "المغرب", "المكتب الشريف للفوسفاط")]),
    "hebrew": (("cp1255",), "ISR", [
        ("מפעלי ים המלח", "סדום", "כיל"), ("רותם אמפרט", "מישור רותם", "כיל"), ("מכרות תמנע", "אילת", "")]),
    "vietnamese": (("utf-8",), "VNM", [
        ("Mỏ Núi Pháo", "Thái Nguyên", "Masan"), ("Đông Pao", "Lai Châu", "Vinacomin"), ("Bản Phúc", "Sơn La", "")]),
    "many": (("utf-8",), "", [
        ("Bełchatów", "Łódź", "PGE"), ("Норильск", "Красноярск", ""), ("白云鄂博", "内蒙古", ""), ("Peñasquito", "México", "")]),
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """One file of the corpus: texts of a language, in a codec, with what the file says of it."""

    language: str
    codec: str
    form: str
    cpg: str | None
    country: bool
    rows: int

    @property
    def name(self) -> str:
        """What the case is called."""
        says = {None: "no cpg"}.get(self.cpg, f"cpg {self.cpg}")
        about = "csv" if self.form == "csv" else f"shapefile, {says}"
        return f"{self.language} in {self.codec}, {self.rows} rows, {about}"

    def texts(self) -> list[tuple[str, str, str]]:
        return TABLES[self.language][2][: self.rows]

    def build(self, folder: Path) -> Path:
        """Write the file; GDAL's own recoding has no part in it."""
        rows, country = self.texts(), TABLES[self.language][1]
        if self.form == "csv":
            lines = ["name;place;owner;country;lon;lat"]
            lines += [";".join([*row, country, str(i), "5"]) for i, row in enumerate(rows)]
            path = folder / "sites.csv"
            path.write_bytes("\r\n".join(lines).encode(self.codec))
            return path
        columns = {
            "name": [f"n{i}" for i in range(len(rows))],
            "country": [country if self.country else ""] * len(rows),
        }
        import shapely

        shp = write(folder / "sites.shp", [shapely.Point(i, 5) for i in range(len(rows))], columns)
        for ending in (".dbf", ".cpg"):
            shp.with_suffix(ending).unlink()
        shp.with_suffix(".dbf").write_bytes(dbf(
            {"name": [r[0] for r in rows], "place": [r[1] for r in rows], "owner": [r[2] for r in rows],
             "country": columns["country"]}, self.codec))  # fmt: skip
        if self.cpg is not None:
            shp.with_suffix(".cpg").write_text(self.cpg)
        return shp


def dbf(columns: dict[str, list[str]], codec: str) -> bytes:
    """Write a dBASE III table of texts, without a language byte."""
    encoded = {name: [v.encode(codec) for v in values] for name, values in columns.items()}
    widths = {name: max([1, *map(len, values)]) + 1 for name, values in encoded.items()}
    count, record = len(next(iter(encoded.values()))), 1 + sum(widths.values())
    fields = b"".join(
        name.encode(codec).ljust(11, b"\0") + b"C" + bytes(4) + bytes([widths[name]]) + bytes(15)
        for name in encoded
    )
    head = bytes([3, 126, 1, 1]) + count.to_bytes(4, "little")
    head += (33 + len(fields)).to_bytes(2, "little") + record.to_bytes(2, "little") + bytes(20)
    rows = (
        b" " + b"".join(values[i].ljust(widths[name]) for name, values in encoded.items())
        for i in range(count)
    )
    return head + fields + b"\r" + b"".join(rows) + b"\x1a"


def corpus() -> Iterator[Written]:
    """Yield every table as a shapefile and as CSV, long and short, with a right and a wrong .cpg."""
    for number, (language, (codecs, country, rows)) in enumerate(TABLES.items()):
        for codec in codecs:
            yield Written(language, codec, "shp", None, False, len(rows))
            yield Written(language, codec, "shp", None, bool(country), 3)
            yield Written(language, codec, "csv", None, True, 3)
            yield Written(
                language, codec, "shp", SAID.get(codec, codec.removeprefix("cp")), True, 3
            )
            yield Written(language, codec, "shp", WRONG[codec][number % 2], True, len(rows))
            yield Written(language, codec, "shp", WRONG[codec][1 - number % 2], True, 3)


#: What a .cpg says rightly, where that is not the code page's number.
SAID = {"utf-8": "UTF-8", "latin-1": "ISO-8859-1", "gbk": "GBK", "big5": "Big5",
        "euc_kr": "EUC-KR", "cp932": "Shift_JIS"}  # fmt: skip
#: What a .cpg says wrongly: mostly the default of the program that wrote it.
WRONG = dict.fromkeys(
    ("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "gbk", "big5", "cp932", "euc_jp",
     "euc_kr", "koi8_r", "cp866", "cp850"), ("UTF-8", "ISO-8859-1"),
) | {"cp1252": ("UTF-8", "1251"), "latin-1": ("UTF-8", "936"), "utf-8": ("ISO-8859-1", "1250")}  # fmt: skip
