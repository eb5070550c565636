"""Use cases around one customer, for the walks over roles."""

from smartbank.core.notes import Note, new_note_id
from smartbank.core.people import Right
from smartbank.core.what_if import WhatIf
from smartbank.core.work import WorkKind
from smartbank.services import customer_view, difference, notes, similar, what_if
from tests.actors import ANA
from tests.stubs import stub_leads
from tests.use_cases import UseCase, see

RUN = WorkKind.RUN


def view_customer(world, actor):
    ports = world.ports("customers", "predictions", "outcomes", "frames", "writer_of", "snapshots")
    return customer_view.view_customer("lead-1", by=actor, **ports)


def what_if_ground(world, actor):
    load_model = world.services.models.scorer_of
    return what_if.what_if_ground(view_customer(world, ANA), by=actor, load_model=load_model, **world.ports("queue"))


def explained(world, actor):
    return similar.explained_rows(by=actor, **world.ports("scorer", "training_rows"))


def what_changed(world, actor):
    (newest, *_) = world.services.predictions.history("lead-1")
    return difference.what_changed(
        newest,
        newest,
        markets={},
        by=actor,
        load_model=world.services.models.scorer_of,
        **world.ports("customers"),
    )


def kept_note(world, actor):
    """Return a note the actor wrote."""
    note = Note(new_note_id(), "lead-1", world.clock, actor.username, "Call after six.", {})
    world.services.notes.add(note)
    return note


def write_note(world, actor):
    return notes.write_note(
        "lead-1", "Call after six.", link={}, **world.ports("customers", "notes"), **world.about(actor)
    )


CUSTOMER = [
    see(notes.notes_about, Right.SEE_CUSTOMER, lambda w, a: notes.notes_about("lead-1", by=a, **w.ports("notes"))),
    UseCase(notes.write_note, Right.WRITE_NOTES, write_note),
    UseCase(
        notes.delete_note,
        Right.WRITE_NOTES,
        lambda w, a: notes.delete_note(kept_note(w, a).note_id, **w.ports("notes"), **w.about(a)),
    ),
    UseCase(
        notes.restore_note,
        Right.WRITE_NOTES,
        lambda w, a: notes.restore_note(kept_note(w, a), **w.ports("customers", "notes"), **w.about(a)),
    ),
    see(difference.what_changed, Right.SEE_CUSTOMER, what_changed),
    see(similar.explained_rows, Right.SEE_CUSTOMER, explained),
    see(
        similar.similar_to,
        Right.SEE_CUSTOMER,
        lambda w, a: similar.similar_to(
            stub_leads([40]).iloc[0], {"contributions": [0.0] * 12}, by=a, explained=explained(w, ANA)
        ),
    ),
    see(customer_view.view_customer, Right.SEE_CUSTOMER, view_customer),
    see(
        what_if.load_order,
        Right.SEE_CUSTOMER,
        lambda w, a: what_if.load_order(w.done[RUN], by=a, **w.ports("frames")),
    ),
    see(what_if.what_if_ground, Right.SEE_CUSTOMER, what_if_ground),
    see(
        what_if.imagine,
        Right.SEE_CUSTOMER,
        lambda w, a: what_if.imagine(
            [WhatIf({})],
            by=a,
            ground=what_if_ground(w, ANA),
            order=what_if.load_order(w.done[RUN], by=ANA, **w.ports("frames")),
        ),
    ),
]
