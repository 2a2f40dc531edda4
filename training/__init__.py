"""How quill is made: data, tokenizer, model, training, evaluation, export. Not shipped."""
