"""Other words for the levels of categories, in English, Portuguese and German, as files write them.

Each is folded: lower case, without accents, spaces and marks. A word that may mean two levels is not here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from smartbank.core.fields import FIELD


def _words(**levels: str) -> dict[str, str]:
    """Return the level of each word; a level's own dots and hyphens are written as underscores."""
    return {word: level for level, words in levels.items() for word in words.split()}


def _both(*stems: str) -> str:
    """Return the masculine and the feminine of Portuguese words that end in -o and -a."""
    return " ".join(f"{stem}{ending}" for stem in stems for ending in "oa")


def _named(words: Mapping[str, str], levels: Iterable[str]) -> dict[str, str]:
    names = {level.replace(".", "_").replace("-", "_"): level for level in levels}
    return {word: names[level] for word, level in words.items()}


LEVEL_WORDS: Final[dict[str, dict[str, str]]] = {
    "job": _named(
        _words(
            admin_=f"administrative administration {_both('administrativ')} verwaltung buero buro",
            blue_collar=f"{_both('operari')} arbeiter arbeiterin facharbeiter facharbeiterin",
            entrepreneur=f"{_both('empresari')} empreendedor empreendedora unternehmer unternehmerin",
            housemaid="empregadadomestica empregadodomestico hausangestellte haushaltshilfe",
            management="manager gestor gestora gerente diretor diretora dirigente fuhrungskraft geschaftsfuhrer",
            retired=f"{_both('reformad', 'aposentad')} pensionista rentner rentnerin pensionar pensionarin",
            self_employed="selfemployment trabalhadorindependente independente contapropria trabalhadorporcontapropria "
            "autonomo autonoma selbststandig selbstandig freiberufler freiberuflerin",
            services="servicos dienstleistung dienstleistungen",
            student="estudante studentin schuler schulerin",
            technician=f"{_both('tecnic')} techniker technikerin",
            unemployed=f"{_both('desempregad')} arbeitslos arbeitslose",
        ),
        FIELD["job"].levels,
    ),
    "marital": _words(
        divorced=f"widowed widow separated {_both('divorciad', 'separad', 'viuv')} geschieden verwitwet getrennt",
        married=f"{_both('casad')} uniaodefacto verheiratet",
        single=f"{_both('solteir')} ledig",
    ),
    "education": _named(
        _words(
            illiterate=f"{_both('analfabet')}",
            basic_4y="1ciclo 1ociclo primario primaria ensinoprimario grundschule",
            basic_6y="2ciclo 2ociclo",
            basic_9y="3ciclo 3ociclo ensinobasico hauptschule realschule",
            high_school="secundario ensinosecundario 12ano 12oano abitur gymnasium",
            professional_course="cursoprofissional ensinoprofissional profissional berufsausbildung ausbildung lehre",
            university_degree="university degree universidade ensinosuperior superior licenciatura licenciado "
            "licenciada mestrado mestre doutoramento bacharelato universitat hochschule studium",
        ),
        FIELD["education"].levels,
    ),
    "contact": _words(
        cellular="mobile cell cellphone mobilephone telemovel movel celular handy mobil mobiltelefon",
        telephone="landline fixedline phone fixed telefone telefonefixo fixo festnetz telefon",
    ),
    "poutcome": _words(
        failure="failed insucesso fracasso misserfolg",
        nonexistent="notexistent inexistente nenhum keiner keines",
        success="succeeded sucesso erfolg",
    ),
}
