"""The names under which a loader looks for what is not weights."""

TEMPLATE_FILE = "chat_template.jinja"
TEMPLATE_FOLDER = "additional_chat_templates"
LEGACY_TEMPLATE_FILE = "chat_template.json"
TOKENIZER_FILE = "tokenizer.json"
POLICY_FILES = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
VOCABULARY_FILES = (
    "bpe.codes",
    "merges.txt",
    "sentencepiece.bpe.model",
    "source.spm",
    "spiece.model",
    "target.spm",
    "tekken.json",
    "tiktoken.model",
    "tokenizer.model",
    "tokenizer.model.v3",
    "vocab.bpe",
    "vocab.json",
    "vocab.txt",
)
