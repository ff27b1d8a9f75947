"""Measures what ViPer reaches, with chance levels and intervals, by nothing that it was trained on.

report       the report about people, `viper evaluate`: does a taste make pictures theirs?
people       simulated people and their tastes       talk         what they say about pictures
looks        what can be liked, and a judge's eyes   methods      what is compared
plan         what is measured, and who judges        bench        models, as they are needed
rewriting    prompts by a language model             kept         answers that are asked for once
trial        all about one person                    study        many people, in a crew
judges       scorers that report                     opinions     what a judge said of somebody
score_check  is the product's score right?           equal_cost   should the default change?
summary      figures from what was found             page, plots  how they are shown
identity     which weights and code it was           provenance   what a reader must know of it

builtin      the report about the built-in models: `python -m viper.evaluation.builtin`
prompts      what is asked for, in words that captions never use (held_out.json)
drawn        figures about generated pictures      shipped      about the models on paintings
perception   figures from pixels, without a model  cost         seconds, memory, megabytes
statistics   figures with bootstrap intervals
"""
