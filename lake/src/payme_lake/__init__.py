"""What the platform's events become: landing (capture files) → refined → staging → SLIM.

`contracts` says which events are read, and of each which fields; `capture` reads the files,
`refine` makes typed events of them, `staging` a clear model, `slim` the few tables that people ask.
Each of these is a function from DataFrames to DataFrames. `tables` is where they are kept,
`columns` what each column means and must satisfy, `books` proves sums a second way, and `jobs` puts
it together.
"""
