"""How common a class is when it is read by an imperfect reader: corrected shares, label budgets, agreement of coders."""
