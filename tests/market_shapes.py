"""The shapes in which publishers answer, as they were recorded, filled with figures and traps."""

import csv
import io
import json

from smartbank.core.market.periods import Period
from tests import market_figures as figures

JUMPS = {"euribor": 3.0, "cpi": 8.0, "employment": 250.0, "confidence": 45.0, "hicp": 6.0}
"""Inside the band of what is believable, so that only the jump is wrong."""
MONTH_NAMES = (
    *("Janeiro", "Fevereiro", "Março", "Abril", "Maio", "Junho"),
    *("Julho", "Agosto", "Setembro", "Outubro", "Novembro", "Dezembro"),
)


def _year_on_year(index):
    before = {period: f"{int(period[:4]) - 1}{period[4:]}" for period in index}
    return {
        period: round(100 * (value / index[before[period]] - 1), 2)
        for period, value in index.items()
        if before[period] in index
    }


FIGURES = {
    "ecb euribor": figures.euribor,
    "ecb hicp": figures.harmonised_prices,
    "ine cpi": figures.consumer_prices,
    "eurostat employment": figures.employment,
    "eurostat confidence": figures.confidence,
    "eurostat hicp": figures.harmonised_prices,
    "bpstat euribor": figures.euribor,
    "bpstat cpi": lambda: _year_on_year(figures.consumer_prices()),
    "bpstat employment": figures.employment,
    "bpstat confidence": figures.confidence,
    "bundesbank euribor": figures.daily_euribor,
}


def trapped(values, trap, quantity):
    """Return the values a trap leaves; None for one that is missing."""
    last = max(values)
    left = {
        "empty": lambda: {},
        "frozen": lambda: {period: value for period, value in values.items() if period < "2026"},
        "another base": lambda: {period: value and round(0.9 * value, 6) for period, value in values.items()},
        "another series": lambda: {
            period: value and value * (1 + 0.001 * (int(period[6]) % 2)) for period, value in values.items()
        },
        "missing cell": lambda: values | {last: None},
        "jump": lambda: values | {last: round(values[last] + JUMPS[quantity], 4)},
    }
    return left.get(trap, lambda: values)()


def ecb_csv(key, quantity):
    parts = key.split(".")[1:]

    def answer(values, trap, asked):
        written = io.StringIO()
        out = csv.writer(written, lineterminator="\r\n")
        flag = ["OBS_STATUS"] if trap == "unknown flag" else []
        dimensions = [f"DIMENSION_{at}" for at in range(len(parts))]
        out.writerow(["KEY", *dimensions, "TIME_PERIOD", "OBS_VALUE", *flag])
        for period, value in trapped(values, trap, quantity).items():
            out.writerow(
                [
                    key,
                    *parts,
                    period,
                    "" if value is None else value,
                    *(["z" if period == max(values) else "A"] if flag else []),
                ]
            )
            if trap == "unpinned":
                out.writerow([f"{key}.X", *parts, period, value])
        return written.getvalue().encode(), "text/csv;charset=UTF-8"

    return answer


def bundesbank_csv(values, trap, asked):
    key = "BBIG1.D.D0.EUR.MMKT.EURIBOR.M03.BID._Z"
    lines = [
        f'"",{key},{key}_FLAGS',
        '"","Money market rates / EURIBOR three-month funds / Daily quotations",',
        "unit,% p.a.,",
        "unit multiplier,one,",
        "last update,2026-10-08 12:58:53,",
    ]
    for day, value in trapped(values, trap, "euribor").items():
        lines.append(f"{day},.,No value available" if value is None else f"{day},{value},")
        if trap == "unpinned":
            lines.append(lines[-1])
    return "\n".join(lines).encode("utf-8-sig"), "application/vnd.bbk.data+csv"


def ine_json(values, trap, asked):
    left = trapped(values, trap, "cpi")
    told = {}
    for code in asked["Dim1"].split(",") if trap != "empty" else ():
        month = f"{code[3:7]}-{code[7:]}"
        value = left.get(month)
        cell = {"geocod": asked["Dim2"], "geodsg": "Portugal", "dim_3": asked["Dim3"]}
        if value is None:
            cell |= {"sinal_conv": "x", "sinal_conv_desc": "Dado não disponível", "ind_string": "x"}
        else:
            cell |= {"ind_string": f"{value:.3f}".replace(".", ","), "valor": f"{value:.3f}"}
        name = f"{MONTH_NAMES[int(code[7:]) - 1]} de {code[3:7]}"
        told[name] = [cell, cell] if trap == "unpinned" else [cell]
    answer = {
        "IndicadorCod": asked["varcd"],
        "DataUltimoAtualizacao": "2026-09-10",
        "UltimoPref": "Agosto de 2026",
        "Dados": told,
        "Sucesso": {"Verdadeiro": [{"Msg": "OK"}]},
    }
    return json.dumps([answer], ensure_ascii=False).encode(), "application/json;charset=UTF-8"


def eurostat_json(quantity, names):
    def answer(values, trap, asked):
        left = trapped(values, trap, quantity)
        periods = list(values)
        value = {str(at): left[each] for at, each in enumerate(periods) if left.get(each) is not None}
        body = _dataset(names, "time", {each: at for at, each in enumerate(periods)}, value, trap)
        last = str(len(periods) - 1)
        body["status"] = {last: "z" if trap == "unknown flag" else "p"} if value else {}
        return json.dumps(body | {"updated": "2026-10-01T11:00:00+0200"}).encode(), "application/json"

    return answer


def bpstat_json(quantity):
    def answer(values, trap, asked):
        left = trapped(values, trap, quantity)
        days = [Period.parse(each).end.isoformat() for each in values]
        value = [left.get(each) for each in values] if left else []
        body = _dataset(["40", "63"], "reference_date", days, value, trap)
        body |= {"role": {"time": ["reference_date"]}, "extension": {"series": [int(asked["series_ids"])]}}
        if trap == "unknown flag":
            body["status"] = [""] * (len(days) - 1) + ["z"]
        return json.dumps(body).encode(), "application/json"

    return answer


def _dataset(names, time, index, value, trap):
    """Return JSON-stat; the unpinned one has two categories of its first dimension."""
    sizes = [2 if trap == "unpinned" and at == 0 else 1 for at in range(len(names))]
    dimension = {
        name: {"label": name, "category": {"index": [f"{name} {at}" for at in range(size)]}}
        for name, size in zip(names, sizes, strict=True)
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "value": value,
        "id": [*names, time],
        "size": [*sizes, len(index)],
        "dimension": dimension | {time: {"label": "Time", "category": {"index": index}}},
    }


SHAPES = {
    "ecb euribor": ecb_csv("FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA", "euribor"),
    "ecb hicp": ecb_csv("HICP.M.PT.N.000000.4D0.ANR", "hicp"),
    "ine cpi": ine_json,
    "eurostat employment": eurostat_json("employment", ["freq", "indic_em", "sex", "age", "unit", "s_adj", "geo"]),
    "eurostat confidence": eurostat_json("confidence", ["freq", "indic", "s_adj", "unit", "geo"]),
    "eurostat hicp": eurostat_json("hicp", ["freq", "unit", "coicop18", "geo"]),
    "bpstat euribor": bpstat_json("euribor"),
    "bpstat cpi": bpstat_json("hicp"),
    "bpstat employment": bpstat_json("employment"),
    "bpstat confidence": bpstat_json("confidence"),
    "bundesbank euribor": bundesbank_csv,
}
