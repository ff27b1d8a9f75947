"""Measures what ViPer reaches, with chance levels and intervals, by nothing that it was trained on.

builtin      the report about the built-in models: `python -m viper.evaluation.builtin`
prompts      what is asked for, in words that captions never use (held_out.json)
drawn        figures about generated pictures      shipped      about the models on paintings
perception   figures from pixels, without a model  cost         seconds, memory, megabytes
statistics   figures with bootstrap intervals
"""
