"""The quarterly meeting in a real Chromium: its tasks within their keys, two screens in step, nothing typed lost."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from company.models import Company, User
from meetings import running
from meetings.followup import carry
from meetings.models import Decision, FollowUp, Letter, Meeting
from tests import make
from tests.browser.counted import task
from tests.chromium import Guard, Open
from tests.forecasts import forecast
from tests.meetings import world
from tests.meetings.script import Script, note

BASE = "/riunioni/2026-3/"
STEP = 2_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sara(company: Company) -> User:
    """The facilitator, in a company with three quarters."""
    world.three_quarters(company)
    return world.facilitator(company)


@pytest.fixture
def opened(company: Company, sara: User) -> Meeting:
    """T3's meeting under way; T2's took a decision that was done and worked."""
    before = world.meeting(company, "2026-2", sara, opened=True)
    promise = {"measure": "indicator:coda_cassa", "start": "4.4", "goal": "3.5", "due_quarter": "2026-3"}
    done = {"state": "done", "done_on": "2026-08-20"}
    world.decision(before, sara, "Aprire una seconda cassa dalle 18", **promise, **done)
    world.close(before)
    return world.meeting(company, "2026-3", sara, opened=True)


def room(open_page: Open, user: User, path: str = BASE + "sala/") -> Page:
    page = open_page(path, user, viewport={"width": 1920, "height": 1080})
    page.locator(".room[data-ready]").wait_for()
    return page


def place(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def test_f1_a_meeting_is_prepared_in_three_clicks(open_page: Open, sara: User) -> None:
    page = open_page("/t/2026-3/", sara)
    with task(page, presses=3, seconds=60):
        page.get_by_role("link", name="Riunione", exact=True).first.click()
        page.locator("[data-test=create]").click()
        total = re.search(r"\d+", page.locator("[data-test=total]").inner_text())
    assert total is not None
    assert 60 <= int(total[0]) <= 90
    assert page.locator("[data-test=item]").count() == 7


def focused(page: Page) -> None:
    """Waits for the focus that the page sets itself, a moment after it is there."""
    expect(page.locator("[data-test=room]").first).to_be_focused()


def test_points_change_places_by_keyboard(open_page: Open, sara: User, opened: Meeting) -> None:
    page = open_page(BASE, sara)
    focused(page)
    page.locator("[data-test=item]").nth(2).locator("[data-test=up]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=item] input[name=title]").nth(1)).to_have_value("Prima pagina")


def test_f2_the_third_point_is_within_four_keys_and_survives_a_reload(
    open_page: Open, sara: User, opened: Meeting
) -> None:
    page = open_page(BASE, sara, viewport={"width": 1920, "height": 1080})
    focused(page)
    with task(page, presses=4, seconds=15):
        page.keyboard.press("Enter")
        page.locator(".room[data-ready]").wait_for()
        page.keyboard.press("3")
        assert place(page) == "#3"
        page.wait_for_timeout(300)
        page.reload()
        expect(page.locator("#v3-1")).to_be_visible()
        page.keyboard.press("PageDown")
        assert place(page) == "#3.2"


def test_f3_a_followed_decision_shows_its_figure_and_verdict_within_three_keys(
    open_page: Open, sara: User, opened: Meeting
) -> None:
    page = room(open_page, sara)
    card = page.locator(".view:visible [data-test=followup-card]")
    with task(page, presses=3, seconds=40):
        page.keyboard.press("2")
        page.keyboard.press("ArrowRight")
        expect(card).to_contain_text("sì")
    expect(card.locator("[data-test=worked]")).to_contain_text("raggiunto")
    assert card.locator("[data-test=worked] .verdict-better svg.mark").count() == 1


def test_f4_a_decision_is_recorded_from_the_room_on_the_figure_in_view_in_two_presses_and_typing(
    open_page: Open, sara: User, opened: Meeting
) -> None:
    page = room(open_page, sara)
    page.keyboard.press("3")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    with task(page, presses=2, seconds=180):
        page.keyboard.press("d")
        page.locator("[data-dialog] textarea[name=proposal]").wait_for()
        page.keyboard.type("Avvisare entro le 12 chi aspetta una consegna")
        page.keyboard.press("Tab")
        page.keyboard.type("Il ponte lo mostra")
        page.get_by_label("Misura che cambia").select_option("indicator:ritardi")
        page.get_by_label("Da", exact=True).fill("15,9")
        page.get_by_label("A", exact=True).fill("8")
        page.get_by_label("Responsabile").select_option(str(sara.pk))
        page.get_by_label("Entro il", exact=True).fill("2026-12-15")
        page.locator("[data-test=to-decided]").click()
        expect(page.locator("[data-dialog]")).to_be_hidden()
    row = Decision.objects.get(meeting=opened)
    assert (row.state, row.figures, str(row.start)) == ("decided", ["ponte"], "15.900")
    assert row.proposal == "Avvisare entro le 12 chi aspetta una consegna"


def test_f5_two_pages_back_while_somebody_types_leave_the_text_there(
    open_page: Open, sara: User, opened: Meeting
) -> None:
    page = room(open_page, sara)
    page.keyboard.press("4")
    page.keyboard.press("d")
    words = page.locator("[data-dialog] textarea[name=proposal]")
    words.wait_for()
    page.keyboard.type("Avvisare")
    with task(page, presses=2, seconds=5):
        page.keyboard.press("PageUp")
        page.keyboard.press("PageUp")
        assert place(page) == "#3.2"
    expect(words).to_have_value("Avvisare")


def test_f6_the_minutes_are_sent_in_two_clicks_with_their_three_parts(
    open_page: Open, sara: User, opened: Meeting
) -> None:
    opened.people.update(present=True)
    running.close(opened, sara)
    page = open_page(BASE, sara)
    parts = ("followup", "shown", "decisions")
    with task(page, presses=2, seconds=30):
        page.locator("[data-test=minutes]").click()
        assert [page.locator(f"[data-test=part-{part}]").is_visible() for part in parts] == [True] * 3
        page.locator("[data-test=send]").click()
        expect(page.get_by_role("status")).to_contain_text("entro un minuto")
    assert Letter.objects.filter(kind="minutes", sent=None).count() == opened.people.count()


def test_f7_a_phone_takes_over_where_the_laptop_stopped(open_page: Open, sara: User, opened: Meeting) -> None:
    page = room(open_page, sara)
    page.keyboard.press("5")
    page.wait_for_timeout(500)
    page.close()
    phone = open_page(BASE, sara, 360)
    with task(phone, presses=1, seconds=20):
        phone.get_by_role("link", name="Conduci", exact=True).first.click()
        expect(phone.locator("[data-now]")).to_contain_text("5. Reparti", timeout=STEP)
    assert phone.evaluate("document.documentElement.scrollWidth") == 360


def test_h5_what_is_asked_of_a_head_is_one_click_away(open_page: Open, company: Company, sara: User) -> None:
    head = world.facilitator(company, "Elena Conti")
    before = world.meeting(company, "2026-2", sara)
    world.decision(before, head, "Avvisare chi aspetta")
    world.decision(before, sara, "Di un altro")
    page = open_page("/t/2026-3/", head)
    with task(page, presses=2, seconds=30):
        page.locator("[data-test=mine]").click()
        expect(page.locator("[data-test=decision]")).to_have_count(1)
    expect(page.locator("[data-test=decision]")).to_contain_text("Avvisare chi aspetta")


def test_three_screens_stay_in_step_through_a_whole_meeting(
    open_page: Open, company: Company, sara: User, opened: Meeting
) -> None:
    other = world.facilitator(company, "Elena Conti")
    world.decision(Meeting.objects.get(quarter__number=2), sara, "Parlare coi corrieri", **world.UNDECIDED)
    carry(opened)
    script = Script(
        (room(open_page, sara), room(open_page, other)),
        open_page(BASE + "conduzione/", sara),
        lambda address: open_page(urlsplit(address).path, None, 360),
    )
    script.hold([item.minutes for item in opened.items.all()], whole=False)
    opened.refresh_from_db()
    assert (opened.state, opened.polls.get().cast) == ("closed", 1)
    assert [item.notes for item in opened.items.all()] == [note(place) for place in range(1, 8)]
    assert [row.state for row in opened.decisions.all()] == ["decided", "decided"]


def test_a_screen_without_an_account_follows_and_has_no_keys(open_page: Open, sara: User, opened: Meeting) -> None:
    from meetings.access import room_token

    running.link(opened, on=True, actor=sara)
    opened.refresh_from_db()
    screen = room(open_page, None, f"/riunioni/schermo/{room_token(opened)}/")  # type: ignore[arg-type]
    screen.keyboard.press("ArrowRight")
    expect(screen.locator("#v1-1")).to_be_visible()
    running.place(opened, 3, 1)
    expect(screen.locator("#v3-1")).to_be_visible(timeout=STEP)


def test_the_console_moves_the_room_and_its_timer(open_page: Open, sara: User, opened: Meeting) -> None:
    page, phone = room(open_page, sara), open_page(BASE + "conduzione/", sara, 360)
    phone.locator("[data-test=next]").click()
    expect(page.locator("#v2-1")).to_be_visible(timeout=STEP)
    phone.locator("[data-timer=more]").click()
    expect(page.locator("[data-time]")).to_have_text("20:00", timeout=STEP)
    phone.locator("[data-bring='4']").click()
    expect(page.locator("#v4-1")).to_be_visible(timeout=STEP)


def test_what_the_customers_say_is_revealed_after_the_guess(open_page: Open, sara: User, opened: Meeting) -> None:
    running.guess(opened, "consegna", 79)
    page = room(open_page, sara)
    page.keyboard.press("4")
    page.keyboard.press("ArrowRight")
    said = page.locator(".view:visible dd").filter(has_text="61,0")
    expect(said).to_be_hidden()
    page.keyboard.press("r")
    expect(said).to_be_visible()
    expect(page.locator(".view:visible")).to_contain_text("+18,0")


def test_a_forecast_given_on_its_page_stands_in_the_room(
    open_page: Open, company: Company, sara: User, opened: Meeting
) -> None:
    logistics = company.departments.get(slug="logistica")
    forecast(company, "logistica", "consegna", "79")
    head = make.user(company, "head", [logistics])
    form = open_page("/t/2026-3/reparti/logistica/", head, 360)
    form.locator("[data-test=forecast]").click()
    form.get_by_label("consegna").first.fill("81,5")
    form.locator("[data-test=give]").first.click()
    expect(form.locator("[data-test=given]").first).to_contain_text("81,5")
    page = room(open_page, sara)
    page.keyboard.press("4")
    page.keyboard.press("ArrowRight")
    row = page.locator(".view:visible [data-test=ours]").filter(has_text="Logistica")
    expect(row).to_contain_text("data il 25/09/2026")
    expect(row).to_contain_text("79,0")
    expect(row.get_by_text("+18,0")).to_be_hidden()
    page.keyboard.press("r")
    expect(row.get_by_text("+18,0")).to_be_visible()


def test_the_table_takes_the_charts_place(open_page: Open, sara: User, opened: Meeting) -> None:
    page = room(open_page, sara, BASE + "sala/#3.3")
    running.place(opened, 3, 3)
    expect(page.locator("#v3-3 .main-svg").first).to_be_visible(timeout=STEP)
    page.keyboard.press("t")
    expect(page.locator("#v3-3 table")).to_be_visible()
    expect(page.locator("#v3-3 .plot")).to_be_hidden()


def test_escape_leaves_the_room(open_page: Open, sara: User, opened: Meeting) -> None:
    page = room(open_page, sara)
    page.keyboard.press("Escape")
    page.wait_for_url("**/conduzione/")


def test_while_the_line_is_down_pages_turn_and_arrive_later(
    open_page: Open, sara: User, opened: Meeting, guard: Guard
) -> None:
    page = room(open_page, sara)
    page.context.set_offline(True)
    page.keyboard.press("5")
    expect(page.locator("#v5-1")).to_be_visible()
    expect(page.locator("[data-lost]")).to_be_visible(timeout=STEP)
    page.context.set_offline(False)
    expect(page.locator("[data-lost]")).to_be_hidden(timeout=2 * STEP)
    opened.refresh_from_db()
    assert opened.item == 5
    guard.faults.clear()


def test_what_is_typed_without_a_line_survives_even_a_reload(
    open_page: Open, sara: User, opened: Meeting, guard: Guard
) -> None:
    page = open_page(BASE + "conduzione/", sara)
    notes = page.locator("textarea[name=notes]").first
    page.route("**/note/", lambda route: route.abort())
    notes.fill("Il corriere di Bari non ha telefoni")
    expect(page.locator("[data-saved]").first).to_contain_text("Connessione persa", timeout=2 * STEP)
    page.unroute("**/note/")
    page.reload()
    expect(page.locator("textarea[name=notes]").first).to_have_value("Il corriere di Bari non ha telefoni")
    expect(page.locator("[data-saved]").first).to_contain_text("Salvato alle", timeout=2 * STEP)
    assert opened.items.get(position=1).notes == "Il corriere di Bari non ha telefoni"
    guard.faults.clear()


def test_nothing_is_decided_while_a_word_of_it_has_not_left(
    open_page: Open, sara: User, opened: Meeting, guard: Guard
) -> None:
    row = world.decision(opened, sara, "Avvisare", **world.UNDECIDED, due_quarter="2026-4")
    page = open_page(BASE + "decisioni/1/", sara)
    saves, said = "**/decisioni/1/", page.locator("[data-saved]")
    page.route(saves, lambda route: route.abort())
    page.get_by_label("Entro il trimestre").select_option("2027-1")
    page.locator("[data-test=to-decided]").click()
    expect(said).to_contain_text("Connessione persa", timeout=2 * STEP)
    row.refresh_from_db()
    assert (row.state, row.due_quarter) == ("proposed", "2026-4")
    page.unroute(saves)
    expect(said).to_contain_text("Salvato alle", timeout=3 * STEP)
    page.locator("[data-test=to-decided]").click()
    page.wait_for_url("**/conduzione/**")
    row.refresh_from_db()
    assert (row.state, row.due_quarter) == ("decided", "2027-1")
    guard.faults.clear()


def test_two_facilitators_write_the_same_decision_and_lose_nothing(
    open_page: Open, company: Company, sara: User, opened: Meeting
) -> None:
    other = world.facilitator(company, "Elena Conti")
    world.decision(opened, sara, "Avvisare chi aspetta una consegna")
    first, second = (open_page(BASE + "decisioni/1/", user) for user in (sara, other))
    first.get_by_label("Ostacoli").fill("Pochi telefoni")
    second.get_by_label("Motivazione valida").fill("Il ponte lo mostra")
    for page in (first, second):
        expect(page.locator("[data-saved]")).to_contain_text("Salvato alle", timeout=2 * STEP)
    row = Decision.objects.get(meeting=opened)
    assert (row.obstacles, row.motivation) == ("Pochi telefoni", "Il ponte lo mostra")


def test_the_follow_up_is_answered_as_it_is_clicked(open_page: Open, sara: User, opened: Meeting) -> None:
    page = open_page(BASE + "conduzione/", sara)
    page.locator("[data-test=closed]").check()
    expect(page.locator("[data-test=follow] [data-saved]")).to_contain_text("Salvato alle", timeout=2 * STEP)
    assert FollowUp.objects.get().answer == "closed"


def test_what_saves_by_itself_shows_no_button_to_save(open_page: Open, sara: User, opened: Meeting) -> None:
    world.decision(opened, sara, "Avvisare chi aspetta una consegna")
    page = open_page(BASE + "decisioni/1/", sara)
    expect(page.locator("[data-test=to-done]")).to_be_visible()
    expect(page.locator("[data-save]")).to_be_hidden()


def test_without_scripts_a_decision_is_still_recorded(open_page: Open, sara: User, opened: Meeting) -> None:
    page = open_page(BASE + "conduzione/", sara, java_script_enabled=False)
    page.locator("[data-test=propose]").click()
    page.get_by_label("Proposta chiara").fill("Avvisare chi aspetta")
    page.locator("[data-save]").click()
    assert Decision.objects.get(meeting=opened).proposal == "Avvisare chi aspetta"
