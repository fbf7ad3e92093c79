"""The look of the pages that stand-ins show to people: no script, nothing from elsewhere."""

from collections.abc import Iterable

NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d1d1d; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #b1b4b6; }}
a {{ color: #1a5a96; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 .5rem; }}
.text {{ white-space: pre-wrap; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid #b1b4b6; padding-top: 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def table(columns: Iterable[str], rows: Iterable[str]) -> str:
    """A table; the cells of its rows are HTML."""
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "\n".join(rows)
    drawn = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="wide">\n{drawn}\n</div>'
