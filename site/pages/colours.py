"""The brand's two colours turned into a palette that stays readable (WCAG 2.2 AA)."""

from __future__ import annotations

import colorsys
import re

HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
READABLE = 4.5
STEPS = 40
WHITE, INK = "#ffffff", "#12211f"
# The darkest light and the lightest dark surface that text in a brand colour stands on.
PAPER, NIGHT = "#ede5d8", "#15272a"

Channels = tuple[float, float, float]


def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 for black to 1 for white."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White or ink, whichever reads better."""
    return max((WHITE, INK), key=lambda text: contrast(text, background))


def readable_on(background: str, colour: str, *, at_least: float = READABLE) -> str:
    """The colour itself, or the nearest darker or lighter one of the same hue that reads on the background."""
    away = 0.0 if luminance(background) > 0.18 else 1.0
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    if away:
        # Lightened at full strength a colour begins to glow.
        saturation = min(saturation, 0.5)
    for step in range(STEPS + 1):
        moved = lightness + (away - lightness) * step / STEPS
        candidate = colour if step == 0 else _hex(colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(candidate, background) >= at_least:
            return candidate
    return _hex((away, away, away))


def mix(one: str, other: str, share: float) -> str:
    """One colour with this share (0 to 1) of another in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    red, green, blue = ((a + (b - a) * share) / 255 for a, b in pairs)
    return _hex((red, green, blue))


def stylesheet(*, primary: str, accent: str) -> str:
    """Custom properties for ``tokens.css``. Anything but a plain colour is refused, so nothing can be injected."""
    for colour in (primary, accent):
        if not HEX.match(colour):
            raise ValueError("not a colour")
    button_night = readable_on(NIGHT, primary, at_least=7)
    lines = {
        "--brand": primary,
        "--brand-ink": text_on(primary),
        "--brand-deep": readable_on(WHITE, mix(primary, "#000000", 0.35), at_least=7),
        "--brand-text": f"light-dark({readable_on(PAPER, primary)}, {button_night})",
        "--brand-night": button_night,
        "--brand-night-ink": text_on(button_night),
        "--accent": accent,
        "--accent-ink": text_on(accent),
    }
    body = "".join(f"  {name}: {value};\n" for name, value in lines.items())
    return f":root {{\n{body}}}\n"


def _hex(channels: Channels) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
