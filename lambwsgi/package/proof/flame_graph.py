"""The imports of an artifact as a picture: a page of HTML that needs nothing but itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape

from lambwsgi.package.proof.import_times import Import, Profile

_ROW_PX = 22
# Narrower than this, in hundredths of the whole, nobody sees it.
_NARROWEST = 0.05

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Imports of {title}</title>
<style>
body {{ font: 13px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #222; background: #fff }}
.flame {{ position: relative; height: {height}px; border-top: 1px solid #ccc }}
.flame div {{ position: absolute; box-sizing: border-box; height: {row}px; padding: 0 4px; overflow: hidden;
  white-space: nowrap; border: 1px solid #fff; border-radius: 3px; font-size: 12px; line-height: 20px }}
.flame div:hover {{ border-color: #222 }}
.unused {{ background-image: repeating-linear-gradient(45deg, #0000 0 6px, #0002 6px 12px) }}
</style>
<h1>Imports of {title}</h1>
<p>{summary}</p>
<p>A module stands below the one that imported it first; its width is its time with all that it imported.
Striped is what <code>GET {path}</code> did not call. Point at a module to see its times.</p>
<div class="flame">
{boxes}
</div>
</html>
"""


def flame_page(profile: Profile, *, title: str, summary: str, path: str) -> str:
    """The page. Its text is escaped, since names come from the artifact."""
    boxes, depth = [], 0
    start = 0.0
    for each in profile.imports:
        for level, text in _boxes(each, start, 0, max(profile.total_us, 1)):
            boxes.append(text)
            depth = max(depth, level)
        start += each.total_us
    return _PAGE.format(
        title=escape(title),
        summary=escape(summary),
        path=escape(path),
        row=_ROW_PX,
        height=(depth + 1) * _ROW_PX,
        boxes="\n".join(boxes),
    )


def _boxes(module: Import, start: float, level: int, total: int) -> Iterator[tuple[int, str]]:
    width = module.total_us / total * 100
    if width < _NARROWEST:
        return
    # One colour for each package, the same on every page.
    hue = zlib.crc32(module.name.partition(".")[0].encode()) % 360
    unused = "" if module.is_used else ' class="unused"'
    name = escape(module.name)
    told = f"{name}: {module.total_us / 1000:.2f} ms, {module.own_us / 1000:.2f} ms of it its own"
    left, top = start / total * 100, level * _ROW_PX
    style = f"left:{left:.3f}%;width:{width:.3f}%;top:{top}px;background-color:hsl({hue} 70% 82%)"
    yield level, f'<div{unused} style="{style}" title="{told}">{name}</div>'
    for each in module.imported:
        yield from _boxes(each, start, level + 1, total)
        start += each.total_us
