"""Draws what a command printed as a picture (SVG), as it stands: text in, picture out.

    cargo xtask mattoni explain 2027/0000042 --db target/demo/nursery.sqlite \
        | python3 docs/scripts/terminal_picture.py --from Graduatoria --width 100 > docs/explanation.svg
"""

import argparse
import html
import sys
import textwrap

LINE, LETTER, EDGE = 20, 8.43, 16


def lines(text, begin, width):
    """The part that begins at a line that starts with `begin`, up to an empty line; long lines folded."""
    found, inside = [], begin is None
    for line in text.splitlines():
        inside = inside or line.startswith(begin)
        if inside and not line.strip():
            break
        if inside:
            indent = " " * (len(line) - len(line.lstrip()) + 2)
            found += textwrap.wrap(line, width, subsequent_indent=indent) or [""]
    return found


def picture(shown):
    width = round(max(map(len, shown)) * LETTER + 2 * EDGE)
    height = len(shown) * LINE + 2 * EDGE
    rows = "\n".join(
        f'<text x="{EDGE}" y="{EDGE + LINE * n + 14}" xml:space="preserve">{html.escape(line)}</text>'
        for n, line in enumerate(shown)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#fafafa" stroke="#c8c8c8"/>\n'
        f"<g fill=\"#1a1a1a\">\n{rows}\n</g>\n</svg>\n"
    )


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--from", dest="begin")
    words.add_argument("--width", type=int, default=100)
    asked = words.parse_args()
    sys.stdout.write(picture(lines(sys.stdin.read(), asked.begin, asked.width)))
