"""What the arguments of a run of lm-eval tell of the model that was loaded."""

from weighin.files.foreign_json import Json, as_mapping, as_text
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.sources.formats.arguments.given import chosen_for
from weighin.sources.formats.lm_eval.arguments import ModelArguments


def whole_list(results: Json, model: ModelArguments) -> str:
    """Whose whole list of arguments a results file holds; empty if it holds none.

    lm-eval writes `model_args` whole, whatever was set.
    """
    version = as_text(results.get("lm_eval_version"))
    is_known = bool(version) and model.is_written and bool(model.backend)
    return f"lm-eval {version}, {model.backend}" if is_known else ""


def parameters_counted(results: Json, model: ModelArguments) -> Identifier | None:
    """The number of parameters as transformers counted them in memory; `None` if unknown.

    Packed and adapted weights count otherwise, so that counts are compared only among their like.
    """
    counted = as_mapping(results.get("config")).get("model_num_parameters")
    if isinstance(counted, bool) or not isinstance(counted, int) or counted <= 0:
        return None
    how = sorted(
        f"{name}={value}"
        for facet in (Facet.QUANTIZATION, Facet.ADAPTERS)
        for name, value in chosen_for(facet, model.values).items()
    )
    scope = ", ".join(["parameters", f"backend {model.backend or 'unknown'}", *dict.fromkeys(how)])
    return Identifier(kind=Kind.TRAIT, value=counted, grade=Grade.DECLARED, scope=scope)
