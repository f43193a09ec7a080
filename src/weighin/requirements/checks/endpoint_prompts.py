"""Whether a served model can be sent the prompts that a file asks for."""

from weighin.errors import RequirementsError
from weighin.requirements.model import EndpointApi, Requirements


def refuse_templates(requirements: Requirements) -> None:
    """Refuse prompts that could not be sent as the requirements say.

    A file that only judges the logs of others may hold them.

    Raises:
        RequirementsError: A chat interface without the template of its server, or a template that
            no tokenizer at hand has.
    """
    endpoint = requirements.model.endpoint
    if endpoint is None:
        return
    for index, benchmark in enumerate(requirements.benchmarks):
        stated = benchmark.chat_template
        is_applied = requirements.model.chat_template if stated is None else stated
        field = "model" if stated is None else f"benchmarks.{index}"
        where = f"{requirements.required_at(f'{field}.chat_template')}: {field}.chat_template"
        if endpoint.api is EndpointApi.CHAT and not is_applied:
            raise RequirementsError(
                f"{where}: expected true for {benchmark.task!r}, since a chat interface puts every "
                "prompt through the template of its server, found false; write chat_template: "
                "true, or use the completions interface"
            )
        if endpoint.api is EndpointApi.COMPLETIONS and is_applied and endpoint.tokenizer is None:
            raise RequirementsError(
                f"{where}: expected model.endpoint.tokenizer, whose template would be applied to "
                f"{benchmark.task!r}, found none; name its folder, or use the chat interface"
            )
