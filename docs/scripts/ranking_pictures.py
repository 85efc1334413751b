"""Draws the pictures of ranking.md beside it, from the numbers written there.

Usage: ranking_pictures.py [FOLDER], where the pictures go; docs/ when left out.
"""
import re, sys
from pathlib import Path

HERE = Path(__file__).parent.parent
INK, GREY, PLACED, FIRST, OVER = "#17324d", "#5c6f82", "#b8c7d6", "#2f6f4f", "#b3261e"

def text(x, y, what, size=14, color=INK, anchor="middle", weight="normal"):
    return (f'<text x="{x}" y="{y}" font-size="{size}" fill="{color}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{what}</text>')

def rect(x, y, width, height, fill, stroke="none", radius=4):
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" stroke="{stroke}"/>'

def page(width, height, title, parts):
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="title" font-family="system-ui, sans-serif">\n<title id="title">{title}</title>')
    return "\n".join([head, rect(0, 0, width, height, "#fff", radius=0), *parts, "</svg>\n"])

def method():
    """Four moments of the example: who knocks, who sits, who is sent on."""
    steps = [
        ("1", "Verdi bussa ad A, Neri a B", "Verdi 9", "Neri 7", ["Rossi 12"]),
        ("2", "Rossi bussa ad A: Verdi si alza", "Rossi 12", "Neri 7", ["Verdi 9"]),
        ("3", "Verdi bussa a B: Neri si alza", "Rossi 12", "Verdi 9", ["Neri 7"]),
        ("4", "ora è definitivo", "Rossi 12", "Verdi 9", ["Neri 7"]),
    ]
    parts = []
    for i, (number, what, at_a, at_b, out) in enumerate(steps):
        x, done = 20 + i * 240, number == "4"
        parts += [rect(x, 20, 220, 210, "#f4f6f8", "#d5dde5", 8),
                  text(x + 18, 46, number, 16, GREY, weight="bold"),
                  text(x + 118, 46, what, 12)]
        for n, (nursery, who) in enumerate((("Nido A", at_a), ("Nido B", at_b))):
            left = x + 12 + n * 102
            parts += [text(left + 47, 78, nursery, 13, GREY),
                      rect(left, 88, 94, 44, FIRST if done else "#fff", FIRST),
                      text(left + 47, 115, who, 14, "#fff" if done else INK, weight="bold")]
        waits = "in lista di attesa" if done else "ancora in piedi"
        parts.append(text(x + 110, 166, waits, 12, GREY))
        for who in out:
            parts += [rect(x + 63, 176, 94, 38, "#fff", OVER if done else GREY),
                      text(x + 110, 200, who, 14, OVER if done else INK)]
    title = "Accettazione differita con tre famiglie e due posti, in quattro momenti"
    return page(980, 250, title, parts)

def table(heading):
    """Rows of the table under the paragraph that begins with `heading`: name and numbers."""
    after = (HERE / "ranking.md").read_text(encoding="utf-8").split(heading, 1)[1]
    rows = []
    for line in after.split("\n\n")[1].splitlines()[2:]:
        name, *numbers = [cell.strip(" *") for cell in line.strip("|").split("|")]
        rows.append((name, [int(n.replace(".", "")) for n in numbers]))
    return rows

def alternatives():
    rows, parts = table("New Haven 2024,"), []
    whole, width = max(n for _, numbers in rows for n in numbers), 560
    for i, (name, numbers) in enumerate(rows):
        y = 64 + i * 112
        parts.append(text(20, y + 10, name[0].upper() + name[1:], 15, anchor="start", weight="bold"))
        for n, (label, color) in enumerate((("posti dati", PLACED), ("prima scelta", FIRST), ("famiglie scavalcate", OVER))):
            long = round(width * numbers[n] / whole)
            top, shown = y + 22 + n * 24, f"{numbers[n]:,}".replace(",", ".")
            parts += [text(150, top + 14, label, 12, GREY, "end"), rect(160, top, max(long, 2), 18, color, radius=2),
                      text(168 + long, top + 14, shown, 13, color if n else INK, "start", "bold")]
    parts.insert(0, text(20, 32, "New Haven 2024: gli stessi posti, le stesse domande, tre metodi", 17, anchor="start", weight="bold"))
    return page(800, 64 + 112 * len(rows), "Posti dati, prime scelte e famiglie scavalcate per metodo", parts)

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    (folder / "ranking-method.svg").write_text(method(), encoding="utf-8")
    (folder / "ranking-alternatives.svg").write_text(alternatives(), encoding="utf-8")
