"""Rev. Proc. 90-12 amounts as the IRS indexes them each year, in cents. Finance staff add the years that follow.

A year that is not here, and that nobody has added, refuses the exceptions: the amounts are never guessed.
"""

from __future__ import annotations

from receipts.rules.contribution import YearlyIndex

INDEX = {
    2013: YearlyIndex(low_cost_limit=1020, minimum_payment=5100, cap=10200, source="Rev. Proc. 2012-41"),
    2018: YearlyIndex(low_cost_limit=1090, minimum_payment=5450, cap=10900, source="Rev. Proc. 2017-58"),
    2022: YearlyIndex(low_cost_limit=1170, minimum_payment=5850, cap=11700, source="Rev. Proc. 2021-45"),
    2023: YearlyIndex(low_cost_limit=1250, minimum_payment=6250, cap=12500, source="Rev. Proc. 2022-38"),
    2024: YearlyIndex(low_cost_limit=1320, minimum_payment=6600, cap=13200, source="Rev. Proc. 2023-34"),
    2025: YearlyIndex(low_cost_limit=1360, minimum_payment=6800, cap=13600, source="Rev. Proc. 2024-40"),
}
