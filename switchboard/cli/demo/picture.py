"""The picture above the sample offer, drawn here so that no image file has to be shipped."""

import io

from PIL import Image, ImageDraw

_WIDTH, _HEIGHT = 1125, 600
_TOP, _BOTTOM = (38, 70, 51), (221, 161, 94)


def draw_offer_picture() -> bytes:
    """Return a JPEG of 1125 x 600 pixels: hills, a low sun and olives."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(_HEIGHT):
        share = y / _HEIGHT
        draw.line(
            [(0, y), (_WIDTH, y)], fill=tuple(round(a + (b - a) * share) for a, b in zip(_TOP, _BOTTOM, strict=True))
        )
    draw.ellipse((760, 120, 960, 320), fill=(254, 250, 224))
    draw.polygon([(0, 600), (0, 430), (380, 300), (760, 600)], fill=(96, 108, 56))
    draw.polygon([(420, 600), (900, 340), (1125, 440), (1125, 600)], fill=(40, 54, 24))
    for left, top in ((120, 90), (210, 150), (90, 210), (300, 80), (270, 230)):
        draw.ellipse((left, top, left + 56, top + 76), fill=(163, 177, 75), outline=(40, 54, 24), width=3)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
