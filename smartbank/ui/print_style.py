"""How screens print: only what they say, black on white, whole tiles and charts."""

from typing import Final

import streamlit as st

ON_PAPER_ONLY: Final = "on_paper_only"
"""Key of what the screen hides and paper shows in place of the grid of ranked leads."""
ON_SCREEN_ONLY: Final = "on_screen_only"
"""What the keys of containers begin with that are of no use on paper."""
ALONE_ON_PAPER: Final = "alone_on_paper"
"""Key of what paper shows alone, while it is there."""
ONE_SHEET: Final = "one_sheet"
"""Key of what is to fit on one sheet of paper."""
_DARK: Final = "dark_theme"
_PAPER_PX: Final = 690
"""Width of A4 within its margins, in CSS pixels; Letter is a little wider."""
_ZOOM: Final = "--smartbank-print-zoom"
_CONTROLS: Final = (
    '[data-testid="stSidebar"]',
    '[data-testid="stSidebarCollapsedControl"]',
    '[data-testid="stExpandSidebarButton"]',
    "header",
    '[data-testid="stStatusWidget"]',
    '[data-testid="stToastContainer"]',
    '[data-testid="stElementToolbar"]',
    '[data-testid="stButton"]',
    '[data-testid="stFormSubmitButton"]',
    '[data-testid="stDownloadButton"]',
    '[data-testid="stLinkButton"]',
    '[data-testid="stPagination"]',
    '[data-testid="stTextInput"]',
    '[data-testid="stNumberInput"]',
    '[data-testid="stMultiSelect"]',
    '[data-testid="stSelectbox"]',
    '[data-testid="stRadio"]',
    '[data-testid="stFileUploader"]',
    '[data-testid="stPopover"]',
    '[data-testid="stTooltipIcon"]',
    '[data-testid="stExpander"]:has(details:not([open]))',
    f'[class*="st-key-{ON_SCREEN_ONLY}"]',
)
"""What is of no use on paper."""
_WHOLE: Final = (
    '[data-testid="stMetric"]',
    '[data-testid="stAlert"]',
    '[data-testid="stPlotlyChart"]',
    '[data-testid="stDataFrame"]',
    '[class*="stPrintBorder"]',
    "tr",
)
"""What a page break does not go through."""

CSS: Final = f"""
@media screen {{
  .st-key-{ON_PAPER_ONLY} {{ display: none !important; }}
}}
@media print {{
  @page {{ margin: 12mm; }}
  {", ".join(_CONTROLS)} {{ display: none !important; }}
  [data-testid="stElementContainer"]:has(> :is({", ".join(_CONTROLS)})) {{ display: none !important; }}
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] {{
    display: block !important; position: static !important; height: auto !important; overflow: visible !important;
    background: #fff !important;
  }}
  [data-testid="stMainBlockContainer"] {{ max-width: none !important; padding: 0 !important; }}
  [data-testid="stMain"] :is(h1, h2, h3, h4, p, li, span, label, td, th, summary, div) {{
    color: #000 !important; background-color: transparent !important;
  }}
  .js-plotly-plot .main-svg {{ background: transparent !important; }}
  .js-plotly-plot text {{ fill: #000 !important; }}
  {", ".join(_WHOLE)} {{ break-inside: avoid; }}
  [data-testid="stPlotlyChart"], [data-testid="stDataFrame"] {{ zoom: var({_ZOOM}, 1); }}
  [data-testid="stTable"], [data-testid="stTable"] > div {{ overflow: visible !important; }}
  table {{ display: table !important; }}
  .st-key-{ONE_SHEET} {{ zoom: 0.75; }}
  [data-testid="stVerticalBlock"]:has(.st-key-{ONE_SHEET}) {{ gap: 0 !important; }}
  .st-key-{ONE_SHEET} {{ gap: 0.4rem !important; }}
  .st-key-{ONE_SHEET} :is(td, th) {{ padding-top: 1px !important; padding-bottom: 1px !important; }}
  h1, h2, h3 {{ break-after: avoid; }}
  [data-testid="stElementContainer"]:has(+ [data-testid="stElementContainer"] [data-testid="stPlotlyChart"]) {{
    break-after: avoid;
  }}
  thead {{ display: table-header-group; }}
  body:has(.st-key-{_DARK}) canvas {{ filter: invert(1) hue-rotate(180deg); }}
  body:has(.st-key-{ON_PAPER_ONLY}) .st-key-leads_table {{ display: none !important; }}
  body:has(.st-key-{ALONE_ON_PAPER}) [data-testid="stMainBlockContainer"]
    [data-testid="stElementContainer"]:not(.st-key-{ALONE_ON_PAPER} *) {{ display: none !important; }}
  body:has(.st-key-{ALONE_ON_PAPER}) .st-key-{ON_PAPER_ONLY} {{ display: none !important; }}
}}
"""

_JAVASCRIPT: Final = f"""
export default function () {{
  if (window.smartbankFitsPaper) return;
  window.smartbankFitsPaper = true;
  window.addEventListener("beforeprint", () => {{
    document.querySelectorAll('[data-testid="stPlotlyChart"], [data-testid="stDataFrame"]').forEach((wide) => {{
      const share = {_PAPER_PX} / (wide.offsetWidth || {_PAPER_PX});
      wide.style.setProperty("{_ZOOM}", Math.min(1, share).toFixed(3));
    }});
  }});
}}
"""
"""Charts and grids are drawn as wide as the screen; paper shows them smaller rather than cut."""

_style = st.components.v2.component("smartbank_print_style", css=CSS, js=_JAVASCRIPT, isolate_styles=False)


def on_screen_only(name: str) -> "st.delta_generator.DeltaGenerator":
    """Return a container that is left out on paper."""
    return st.container(key=f"{ON_SCREEN_ONLY}_{name}")


def put_print_style() -> None:
    """Have the browser print every screen by these rules."""
    if st.context.theme.type == "dark":
        with st.container(key=_DARK):
            _style(key="print_style")
    else:
        _style(key="print_style")
