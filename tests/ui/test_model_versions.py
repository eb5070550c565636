"""The versions of the model on the screen: every state, every control, every role."""

import pytest

from smartbank import worker
from smartbank.core.model_versions import TrainedModel
from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from tests.model_cards import said, tables
from tests.model_versions import CHALLENGER, CHAMPION, NINE, compared, promoted
from tests.stubs import stub_model

WHY = "It ranks the calls of autumn better."


@pytest.fixture
def versions(open_page):
    def versions(role=Role.ADMIN, **query):
        page = open_page("model.py", role=role, section="Versions", **query)
        assert not page.exception
        return page

    return versions


@pytest.fixture
def challenger(services):
    services.shelf.models[CHALLENGER] = stub_model(CHALLENGER)
    services.registry.add(TrainedModel(CHALLENGER, NINE, "ada", 2_400, 240))


def keys(page):
    return {button.key for button in page.button}


def test_a_new_bank_is_ranked_by_what_smartbank_brought(versions):
    page = versions()

    assert f"**Model {CHAMPION}** ranks your leads. It came with SmartBank" in said(page)
    assert tables(page)[0]["Standing"].tolist() == ["In force"]
    assert not [each for each in page.subheader if each.value in ("Challengers", "What was in force when")]
    assert keys(page) >= {"train_challenger"}
    assert keys(page).isdisjoint({"take_back_model", "promote_model", "compare_models"})


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_may_not_decide_sees_everything_and_no_control(versions, services, challenger, role):
    services.registry.keep_comparison(compared())
    services.registry.promote(promoted("2026.2-00000007", number=1))
    services.registry.promote(promoted(CHAMPION, before="2026.2-00000007", number=2))

    page = versions(role)

    assert "It passes" in page.success[0].value
    assert "administrator's" in said(page)
    assert keys(page).isdisjoint({"take_back_model", "compare_models", "train_challenger"})
    assert not [each for each in page.text_input if each.key == "promotion_reason"]


def test_training_shows_how_far_it_is_and_then_the_challenger(versions, services):
    page = versions()
    page.button(key="train_challenger").click().run()

    assert not page.exception
    (queued,) = services.queue.recent(WorkKind.TRAINING)
    assert "train_challenger" not in keys(page)
    while worker.run_once(services):
        pass
    page = versions()
    assert tables(page)[0]["Version"].tolist() == [CHAMPION, CHALLENGER, "2026.2-10000001"]
    assert tables(page)[0]["Age and marital status"].tolist() == ["used", "used", "left out"]
    assert tables(page)[0]["From"].tolist()[1].endswith("by ana, with 0 of your own calls")
    assert "Not enough outcomes: 0 decided calls" in page.info[-1].value
    assert queued.created_by == "ana"


def test_a_training_that_failed_says_why(versions, services):
    services.trainer.train = lambda *_args, **_more: 1 / 0
    page = versions()
    page.button(key="train_challenger").click().run()
    worker.run_once(services)

    page = versions()

    assert "went wrong on our side" in page.error[0].value
    assert "train_challenger" in keys(page)


def test_a_challenger_is_compared_put_in_force_and_taken_back(versions, services, challenger):
    page = versions()
    assert "was not compared" in said(page)
    page.button(key="compare_models").click().run()
    assert "was compared on 0 decided calls" in page.success[0].value
    assert "Not enough outcomes" in page.info[-1].value

    services.registry.keep_comparison(compared())
    page = versions()
    page.text_input(key="promotion_reason").set_value(WHY)
    page.button(key="promote_model").click().run()
    assert f"Model **{CHALLENGER}** ranks your leads from now on" in page.success[0].value
    assert services.scorer.version == CHALLENGER
    assert WHY in said(page)
    assert tables(page)[-1]["Version"].tolist() == [CHALLENGER]

    page.button(key="take_back_model").click().run()
    assert f"Model **{CHAMPION}** ranks your leads again" in page.success[0].value
    assert services.scorer.version == CHAMPION


def test_without_a_reason_nothing_is_put_in_force(versions, services, challenger):
    services.registry.keep_comparison(compared())
    page = versions()
    page.button(key="promote_model").click().run()

    assert "Say why" in page.error[0].value
    assert services.scorer.version == CHAMPION


def test_what_somebody_else_put_in_force_meanwhile_is_said(versions, services, challenger):
    services.registry.keep_comparison(compared())
    page = versions()
    services.shelf.models["2026.2-00000007"] = stub_model("2026.2-00000007")
    services.registry.promote(promoted("2026.2-00000007"))
    page.text_input(key="promotion_reason").set_value(WHY)
    page.button(key="promote_model").click().run()

    assert not page.exception
    assert services.scorer.version == "2026.2-00000007"


def test_a_model_that_is_gone_is_said_to_be_and_cannot_be_chosen_for_force(versions, services):
    services.registry.add(TrainedModel(CHALLENGER, NINE, "ada", 2_400, 240))

    page = versions()

    assert "neither in the models folder nor in the database" in page.error[0].value
    assert keys(page).isdisjoint({"compare_models", "promote_model"})


def test_a_reason_with_markup_stays_text(versions, services, challenger):
    markup = "**bold** [link](http://x) :red[red] $x$"
    services.registry.keep_comparison(compared())
    page = versions()
    page.text_input(key="promotion_reason").set_value(markup)
    page.button(key="promote_model").click().run()

    assert not page.exception
    assert "[link](http://x)" not in said(page)


def test_the_table_says_in_three_words_how_each_compares_and_the_challenger_in_numbers(versions, services, challenger):
    services.registry.keep_comparison(compared())
    page = versions()

    assert tables(page)[0]["Beside the one in force"].tolist() == ["", "Passes"]
    assert "of 100 pairs" in said(page)
    assert "With 90 % confidence the challenger is at least" in said(page)
    services.registry.keep_comparison(compared(better=False))
    page = versions()
    assert tables(page)[0]["Beside the one in force"].tolist() == ["", "May rank worse"]
    assert "behind" in said(page)


def test_a_model_in_force_that_cannot_be_loaded_is_said_with_the_one_that_ranks_meanwhile(versions, services):
    services.registry.promote(promoted())

    page = versions()

    assert f"{CHALLENGER} is in force and cannot be loaded: {CHAMPION} ranks your leads" in page.error[0].value
    page.button(key="take_back_model").click().run()
    assert services.models.version() == CHAMPION
    assert not versions().error
