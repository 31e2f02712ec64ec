"""Pictures of the demo company's pages for ``docs/screens``: ``python -m tests.screens`` beside a running ``make run``.

Each page is scrolled through once, so that every chart is drawn before the picture is taken. A picture keeps 256
colours.
"""

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from trimestrale import chromium, env

WIDTHS = {1280: 900, 768: 1024, 360: 780}
PAGES = {
    "front": "",
    "journey": "percorso/",
    "impact": "impatto/",
    "bridge": "ponte/",
    "pairs": "coppie/",
    "stage": "percorso/consegna/",
    "department": "reparti/logistica/",
}
ELSEWHERE = {
    "data": "/dati/",
    "archive": "/archivio/",
    "meeting": "/riunioni/2026-3/",
    "method": "/metodo/",
    "search": "/cerca/?q=consegna",
    "lineage": "/t/2026-3/provenienza/?level=company",
    "language": "/lingua/",
    "decisions": "/riunioni/decisioni/",
}
BY_ADMIN = {
    "publish": "/t/2026-3/pubblica/",
    "titles": "/t/2026-3/titoli/",
    "upload": "/dati/carica/",
    "by-hand": "/dati/inserimento/logistica/2026-3/",
    "minutes": "/riunioni/2026-2/verbale/",
    "settings": "/impostazioni/",
    "settings-stages": "/impostazioni/struttura/fasi/",
    "settings-weights": "/impostazioni/pesi/",
    "settings-indicator": "/impostazioni/indicatori/voto_consegna/",
    "people": "/impostazioni/persone/",
    "register": "/registro/",
    "verification": "/verifica/",
    "diet": "/dieta/",
}
FOLDER = env.BASE_DIR / "docs" / "screens"


def main() -> None:
    """Sign in at the address and take every picture."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("password", help="of the demo people; `make run` prints it")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--head", default="capo.logistica@aurora.example")
    parser.add_argument("--admin", default="admin@aurora.example")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for width, height in WIDTHS.items():
            page = _signed_in(browser, asked, asked.head, (width, height))
            home = page.url
            for name, path in PAGES.items():
                _take(page, home + path, FOLDER / f"{name}-{width}.png")
            for name, path in ELSEWHERE.items():
                _take(page, asked.address + path, FOLDER / f"{name}-{width}.png")
            page = _signed_in(browser, asked, asked.admin, (width, height))
            for name, path in BY_ADMIN.items():
                _take(page, asked.address + path, FOLDER / f"{name}-{width}.png")
        browser.close()


def _signed_in(browser: Browser, asked: argparse.Namespace, person: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="it-IT")
    page = context.new_page()
    page.goto(asked.address + "/accedi/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", asked.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/t/**")
    return page


def _take(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 400):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(120)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=str(file), full_page=True)
    with Image.open(file) as taken:
        taken.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main()
