"""A QR code as SVG (ISO/IEC 18004): always version 10, level M, mask 0, so that one small table is enough."""

from html import escape

SIZE = 57  # modules on a side of version 10
LONGEST = 213  # bytes that version 10-M holds
QUIET = 4  # white modules all around, as scanners ask for
BLOCKS = (43, 43, 43, 43, 44)  # data codewords of each block
CORRECTION = 26  # codewords of error correction for each block
ALIGNMENT = (6, 28, 50)
FORMAT_BITS = 0x5412  # level M, mask 0, with its BCH code and the fixed pattern over it
VERSION_BITS = 0x0A4D3  # version 10 with its BCH code
Grid = list[list[bool | None]]


def svg(text: str, label: str) -> str | None:
    """The code as an SVG element of black on white with `label` as its name; None: the text is too long for it."""
    data = text.encode()
    if len(data) > LONGEST:
        return None
    whole = SIZE + 2 * QUIET
    rows = enumerate(modules(data), QUIET)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in rows for x, dark in enumerate(row, QUIET) if dark)
    return (
        f'<svg class="qr" viewBox="0 0 {whole} {whole}" role="img" aria-label="{escape(label)}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def modules(data: bytes) -> list[list[bool]]:
    """The code's rows, top down, True being dark. `data` has at most 213 bytes."""
    grid: Grid = [[None] * SIZE for _ in range(SIZE)]
    _draw_patterns(grid)
    bits = iter([byte >> shift & 1 for byte in _codewords(data) for shift in range(7, -1, -1)])
    for right in [*range(SIZE - 1, 6, -2), 5, 3, 1]:
        upward = (right + 1) & 2 == 0
        for step in range(SIZE):
            y = SIZE - 1 - step if upward else step
            for x in (right, right - 1):
                if grid[y][x] is None:
                    grid[y][x] = bool(next(bits)) ^ ((x + y) % 2 == 0)  # the last term is mask 0
    return [[bool(dark) for dark in row] for row in grid]


def _draw_patterns(grid: Grid) -> None:
    """Everything that is the same in each code of this version, level and mask."""
    for i in range(SIZE):
        grid[6][i] = grid[i][6] = i % 2 == 0
    for centre_x, centre_y in ((3, 3), (SIZE - 4, 3), (3, SIZE - 4)):
        _draw_rings(grid, centre_x, centre_y, 4, light=(2, 4))
    corners = {(6, 6), (6, ALIGNMENT[-1]), (ALIGNMENT[-1], 6)}
    for x, y in {(x, y) for x in ALIGNMENT for y in ALIGNMENT} - corners:
        _draw_rings(grid, x, y, 2, light=(1,))
    for i in range(15):
        dark = bool(FORMAT_BITS >> i & 1)
        grid[(0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8)[i]][(8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0)[i]] = dark
        if i < 8:
            grid[8][SIZE - 1 - i] = dark
        else:
            grid[SIZE - 15 + i][8] = dark
    grid[SIZE - 8][8] = True
    for i in range(18):
        dark, far, near = bool(VERSION_BITS >> i & 1), SIZE - 11 + i % 3, i // 3
        grid[near][far] = grid[far][near] = dark


def _draw_rings(grid: Grid, centre_x: int, centre_y: int, radius: int, light: tuple[int, ...]) -> None:
    for y in range(max(0, centre_y - radius), min(SIZE, centre_y + radius + 1)):
        for x in range(max(0, centre_x - radius), min(SIZE, centre_x + radius + 1)):
            grid[y][x] = max(abs(x - centre_x), abs(y - centre_y)) not in light


def _codewords(data: bytes) -> list[int]:
    """Mode, length, bytes and padding in blocks with their error correction, interleaved."""
    bits = (0b0100 << 16 | len(data)) << 8 * len(data) | int.from_bytes(data)
    stream = (bits << 4).to_bytes(len(data) + 3)  # mode and length are 20 bits, the end another 4
    pad = sum(BLOCKS) - len(stream)
    stream += (b"\xec\x11" * pad)[:pad]
    starts = [sum(BLOCKS[:i]) for i in range(len(BLOCKS))]
    blocks = [stream[start : start + size] for start, size in zip(starts, BLOCKS, strict=True)]
    corrections = [_correction(block) for block in blocks]
    longest = range(max(BLOCKS))
    return [block[i] for i in longest for block in blocks if i < len(block)] + [
        correction[i] for i in range(CORRECTION) for correction in corrections
    ]


def _times(a: int, b: int) -> int:
    """The product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for shift in range(7, -1, -1):
        product = product << 1 ^ (product >> 7) * 0x11D
        product ^= (b >> shift & 1) * a
    return product


def _generator() -> list[int]:
    """The product of (x - 2^i) for each codeword of correction, highest power first, the leading 1 left out."""
    found, root = [1], 1
    for _ in range(CORRECTION):
        found = [have ^ _times(before, root) for have, before in zip([*found, 0], [0, *found], strict=True)]
        root = _times(root, 2)
    return found[1:]


def _correction(block: bytes) -> list[int]:
    """The remainder of the block's polynomial by the generator (Reed-Solomon)."""
    rest = [0] * CORRECTION
    for byte in block:
        factor = byte ^ rest[0]
        rest = [have ^ _times(c, factor) for have, c in zip([*rest[1:], 0], GENERATOR, strict=True)]
    return rest


GENERATOR = _generator()
