"""PURE: the invitation as calendars read it (RFC 5545): UTC times, escaped text, lines folded at 75 bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LINE = 75


@dataclass(frozen=True)
class Event:
    """A meeting in a calendar; ``sequence`` grows with every new invitation to it."""

    uid: str
    starts: datetime
    minutes: int
    title: str
    place: str
    text: str
    url: str
    organizer: str
    sequence: int = 0


def calendar(event: Event, attendee: str, now: datetime) -> str:
    """The text of the ``.ics`` file for one person."""
    ends = event.starts + timedelta(minutes=event.minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//La Trimestrale del Cliente//IT",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(event.starts)}",
        f"DTEND:{_utc(ends)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"DESCRIPTION:{_text(event.text)}",
        f"URL:{event.url}",
        f"ORGANIZER:mailto:{_address(event.organizer)}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{_address(attendee)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    """The line cut into pieces of at most 75 bytes, never inside a letter, each further one behind a blank."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece])


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _address(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable() and letter not in "\r\n")
