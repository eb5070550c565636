"""Use cases around one customer, for the walks over roles."""

from smartbank.core.people import Right
from smartbank.core.what_if import WhatIf
from smartbank.core.work import WorkKind
from smartbank.services import customer_view, difference, similar, what_if
from tests.actors import ANA
from tests.stubs import stub_leads
from tests.use_cases import see

RUN = WorkKind.RUN


def what_if_ground(world, actor):
    return what_if.what_if_ground(
        "lead-1",
        by=actor,
        load_model=lambda version: world.services.models.load(version).scorer,
        **world.ports("predictions", "frames", "queue"),
    )


def explained(world, actor):
    return similar.explained_rows(by=actor, **world.ports("scorer", "training_rows"))


def what_changed(world, actor):
    (newest, *_) = world.services.predictions.history("lead-1")
    return difference.what_changed(
        newest,
        newest,
        markets={},
        by=actor,
        load_model=lambda version: world.services.models.load(version).scorer,
        **world.ports("customers"),
    )


CUSTOMER = [
    see(difference.what_changed, Right.SEE_CUSTOMER, what_changed),
    see(similar.explained_rows, Right.SEE_CUSTOMER, explained),
    see(
        similar.similar_to,
        Right.SEE_CUSTOMER,
        lambda w, a: similar.similar_to(
            stub_leads([40]).iloc[0], {"contributions": [0.0] * 12}, by=a, explained=explained(w, ANA)
        ),
    ),
    see(
        customer_view.view_customer,
        Right.SEE_CUSTOMER,
        lambda w, a: customer_view.view_customer(
            "lead-1", by=a, **w.ports("customers", "predictions", "outcomes", "frames", "writer_of", "snapshots")
        ),
    ),
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
