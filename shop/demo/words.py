"""What the demo's shop sells. Prices are whole units of the currency; nobody in it is real."""

from __future__ import annotations

from dataclasses import dataclass

INTRODUCTION = (
    "Everything here is cut, sewn, poured or bound in our workshop by the harbour. Each price shows what its maker is "
    "paid."
)
CATEGORIES = {"bags": "Bags", "kitchen": "Kitchen and table", "home": "Home and desk"}
PROVENANCE = "Cut and sewn in our workshop, by people who set their own hours and earn a living wage."


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One variant. ``ready`` lie on the shelf."""

    first: str = ""
    second: str = ""
    price: int
    sale: int | None = None
    ready: int = 12
    maker: int = 0
    materials: int = 0
    weight: int = 200


@dataclass(frozen=True, kw_only=True)
class Product:
    slug: str
    title: str
    summary: str
    category: str
    # Name of the drawing, and what it shows.
    pictures: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    materials: str
    care: str
    description: str
    options: tuple[str, str] = ("", "")
    days: int | None = None
    provenance: str = PROVENANCE
    members: int = 10


PRODUCTS = (
    Product(
        slug="harbour-tote",
        title="Harbour tote",
        summary="A bag for books, bread and the odd umbrella, with our lighthouse on its side.",
        category="bags",
        description="<p>The first thing the workshop ever sold, and still the one most people come back for. The "
        "handles are long enough for a winter coat.</p><ul><li>38 × 42 cm, handles 70 cm</li>"
        "<li>One pocket inside</li></ul>",
        materials="Organic cotton canvas, cotton webbing",
        care="Wash at 30 °C, inside out. Dry it flat; the print likes no iron.",
        options=("Colour", ""),
        pictures=(
            ("tote", "A cream canvas bag with two handles and a lighthouse in dark green on it."),
            ("tote-navy", "The same bag in dark blue, with a cream lighthouse."),
        ),
        pieces=(
            Piece(first="Natural", price=38, ready=24, maker=16, materials=7, weight=240),
            Piece(first="Navy", price=38, ready=3, maker=16, materials=7, weight=240),
        ),
    ),
    Product(
        slug="zip-pouch",
        title="Zip pouch",
        summary="For pencils, chargers or a sewing kit, lined and with a leather pull.",
        category="bags",
        description="<p>Made from what is left of the aprons and bags, so no two linings are the same.</p>",
        materials="Waxed cotton, linen lining, brass zip",
        care="Wipe it with a damp cloth.",
        options=("Colour", ""),
        pictures=(("pouch", "A flat rust-red pouch with a dark green band and a brass zip."),),
        pieces=(
            Piece(first="Rust", price=18, ready=15, maker=8, materials=3, weight=80),
            Piece(first="Sage", price=18, ready=9, maker=8, materials=3, weight=80),
            Piece(first="Navy", price=18, ready=0, maker=8, materials=3, weight=80),
        ),
    ),
    Product(
        slug="market-bag",
        title="Rope-handled market bag",
        summary="A wide striped bag with handles spliced from harbour rope.",
        category="bags",
        description="<p>The handles are spliced by hand, the way the boats next door do it. They hold more than you "
        "want to carry.</p>",
        materials="Cotton canvas, hemp rope, brass eyelets",
        care="Wash the canvas by hand; let the rope dry in the shade.",
        days=10,
        pictures=(("market-bag", "A wide bag with green and cream stripes and a handle of thick rope."),),
        pieces=(Piece(price=64, maker=30, materials=14, weight=620),),
    ),
    Product(
        slug="roll-top-backpack",
        title="Roll-top backpack",
        summary="Eighteen litres of waxed canvas for the ferry, the bicycle and the rain.",
        category="bags",
        description="<p>Every seam is sewn twice. When one gives way after all, send it back and we mend it.</p>",
        materials="Waxed canvas, vegetable-tanned leather, brass",
        care="Brush it; wax it once a year.",
        days=14,
        pictures=(("backpack", "A dark blue backpack with a rolled top and one leather strap."),),
        pieces=(Piece(price=140, maker=62, materials=34, weight=1100),),
    ),
    Product(
        slug="linen-apron",
        title="Linen apron",
        summary="Heavy linen with two deep pockets, cut to go around twice.",
        category="kitchen",
        description="<p>Our own pattern, the one that members find in the pattern book. The strap is long enough to "
        "tie in front.</p>",
        materials="Belgian linen, 280 g/m²",
        care="Wash at 40 °C. It grows softer every time.",
        options=("Colour", "Size"),
        pictures=(
            ("apron", "A dark green apron with two pockets and straps of light leather brown."),
            ("apron-natural", "The same apron in undyed linen, with rust-red straps."),
        ),
        pieces=(
            Piece(first="Green", second="Small", price=48, ready=8, maker=21, materials=11, weight=320),
            Piece(first="Green", second="Large", price=52, ready=2, maker=22, materials=13, weight=360),
            Piece(first="Natural", second="Small", price=48, ready=11, maker=21, materials=11, weight=320),
            Piece(first="Natural", second="Large", price=52, ready=0, maker=22, materials=13, weight=360),
        ),
    ),
    Product(
        slug="tea-towels",
        title="Two tea towels",
        summary="Woven stripes, one in rust and one in green, that really dry a glass.",
        category="kitchen",
        description="<p>Woven on the two looms that our members paid for.</p>",
        materials="Half linen, half cotton; 50 × 70 cm",
        care="Wash at 60 °C.",
        pictures=(("tea-towels", "Two white towels with fringes, one striped in rust-red and one in dark green."),),
        pieces=(Piece(price=28, sale=22, ready=30, maker=11, materials=5, weight=180),),
    ),
    Product(
        slug="table-runner",
        title="Table runner",
        summary="A long band of half linen with a fringe, for the table where everybody sits.",
        category="kitchen",
        description="<p>Each takes a day on the loom. The stripes follow what the weaver likes that day.</p>",
        materials="Half linen",
        care="Wash at 40 °C, iron it damp.",
        options=("Length", ""),
        pictures=(("table-runner", "A cream cloth with thin stripes along a wooden table with a vase of flowers."),),
        pieces=(
            Piece(first="140 cm", price=56, ready=5, maker=26, materials=10, weight=300),
            Piece(first="200 cm", price=74, ready=4, maker=35, materials=14, weight=420),
        ),
    ),
    Product(
        slug="oven-glove",
        title="Oven glove",
        summary="Quilted by hand, with wool inside: it holds a pan and not the heat.",
        category="kitchen",
        description="<p>Fits left and right hands.</p>",
        materials="Cotton, wool felt",
        care="Wash at 30 °C.",
        pictures=(("oven-glove", "A rust-red quilted glove with a cream cuff and a green loop."),),
        pieces=(Piece(price=24, ready=0, maker=10, materials=5, weight=160),),
    ),
    Product(
        slug="lantern-candle",
        title="Lantern candle",
        summary="Beeswax from two hives on our roof. It smells of nothing but honey.",
        category="home",
        description="<p>Poured in small batches. Burn it for two hours the first time, so that it melts evenly ever "
        "after.</p>",
        materials="Beeswax, cotton wick",
        care="Keep the wick at half a centimetre.",
        provenance="Poured in our workshop, from the wax of our own hives and of two neighbours.",
        options=("Size", ""),
        pictures=(("candle", "A honey-coloured candle burning in the dark, with our lighthouse on its label."),),
        pieces=(
            Piece(first="Small", price=16, ready=40, maker=6, materials=4, weight=180),
            Piece(first="Large", price=29, sale=24, ready=18, maker=10, materials=8, weight=420),
        ),
    ),
    Product(
        slug="lavender-sachets",
        title="Lavender sachets",
        summary="Two small bags for the drawer, filled with last summer’s lavender.",
        category="home",
        description="<p>Press them now and then, and they smell for two years.</p>",
        materials="Linen, lavender",
        care="Keep them dry.",
        pictures=(("sachets", "Two small tied bags, each with a sprig of lavender sewn on."),),
        pieces=(Piece(price=12, ready=26, maker=5, materials=2, weight=60),),
    ),
    Product(
        slug="patchwork-cushion",
        title="Patchwork cushion cover",
        summary="Triangles from a year of offcuts; each cover is the only one of its kind.",
        category="home",
        description="<p>For a cushion of 45 × 45 cm, which is not included. Yours will be a close relative of the one "
        "in the picture, never its twin.</p>",
        materials="Linen and cotton, wooden buttons",
        care="Wash at 30 °C.",
        options=("Colour", ""),
        pictures=(("cushion", "A square cushion of green, yellow, cream and rust-red triangles."),),
        pieces=(
            Piece(first="Warm", price=58, ready=1, maker=29, materials=8, weight=260),
            Piece(first="Sea", price=58, ready=4, maker=29, materials=8, weight=260),
        ),
    ),
    Product(
        slug="stitched-notebook",
        title="Stitched notebook",
        summary="Ninety-six pages that lie flat, sewn with linen thread.",
        category="home",
        description="<p>Bound by the evening class, who then sign the last page with a number.</p>",
        materials="Recycled paper, cotton cover",
        care="Write in it.",
        options=("Pages", ""),
        pictures=(("notebook", "A rust-red notebook with a stitched spine and a dark green ribbon."),),
        pieces=(
            Piece(first="Plain", price=19, ready=14, maker=8, materials=3, weight=210),
            Piece(first="Lined", price=19, ready=20, maker=8, materials=3, weight=210),
        ),
        members=15,
    ),
)
