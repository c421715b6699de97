"""What would have been: estimators of a missing counterfactual on arrays, and the gate of placebos that judges them.

`case` is the question, one file an estimator answers it, `gate` puts the same question to dates and units where nothing
happened. Knows no frame, no file and no brand.
"""
