from datetime import timedelta

from kit.work.due import Lane, due
from pictures import library, sizes

make_sizes = due(every=timedelta(seconds=2), lane=Lane.UPKEEP)(sizes.make_sizes)
sweep_files = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(library.sweep_files)
