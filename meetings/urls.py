"""Addresses of meetings and decisions."""

from django.urls import path

from meetings.views import console, minutes, owned, prepare, room, voting

M = "riunioni/<str:code>/"

urlpatterns = [
    path("riunioni/", prepare.all_meetings, name="meetings"),
    path("riunioni/decisioni/", owned.owned, name="my-decisions"),
    path("riunioni/decisioni/<int:decision_id>/", owned.answer, name="decision-answer"),
    path("riunioni/schermo/<str:token>/", room.linked_room, name="room-link"),
    path("riunioni/schermo/<str:token>/stato/", room.linked_state, name="room-link-state"),
    path("riunioni/schermo/<str:token>/vive/", room.linked_live, name="room-link-live"),
    path("riunioni/voto/<str:key>/", voting.vote, name="vote"),
    path(M, prepare.meeting, name="meeting"),
    path(f"{M}quando/", prepare.when, name="meeting-when"),
    path(f"{M}edizione/", prepare.renew, name="meeting-renew"),
    path(f"{M}punti/<int:item_id>/", prepare.item, name="meeting-item"),
    path(f"{M}punti/<int:item_id>/note/", console.notes, name="meeting-notes"),
    path(f"{M}porta/", prepare.bring, name="meeting-bring"),
    path(f"{M}persone/", prepare.people, name="meeting-people"),
    path(f"{M}schermo/", prepare.screen, name="meeting-screen"),
    path(f"{M}apri/", prepare.begin, name="meeting-open"),
    path(f"{M}chiudi/", prepare.close, name="meeting-close"),
    path(f"{M}sala/", room.room, name="meeting-room"),
    path(f"{M}sala/vive/", room.live, name="meeting-live"),
    path(f"{M}sala/stato/", room.state, name="meeting-state"),
    path(f"{M}sala/attese/<slug:stage>/", room.guess, name="meeting-guess"),
    path(f"{M}conduzione/", console.console, name="meeting-console"),
    path(f"{M}decisioni/", console.propose, name="meeting-decisions"),
    path(f"{M}decisioni/<int:number>/", console.decision, name="meeting-decision"),
    path(f"{M}decisioni/<int:number>/stato/", console.advance, name="meeting-decision-state"),
    path(f"{M}seguiti/<int:followup_id>/", console.followed, name="meeting-followup"),
    path(f"{M}seguiti/<int:followup_id>/riprendi/", console.take_up, name="meeting-take-up"),
    path(f"{M}voto/", console.poll, name="meeting-poll"),
    path(f"{M}verbale/", minutes.minutes, name="meeting-minutes"),
    path(f"{M}verbale/pdf/", minutes.download, name="meeting-paper"),
    path(f"{M}verbale/invia/", minutes.send, name="meeting-letters"),
]
