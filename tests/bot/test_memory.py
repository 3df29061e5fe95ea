"""What many short-lived texts took is given back once they are gone."""

import subprocess
import sys

import pytest

LIKE_A_PULL = """
import psutil
from bot.memory import give_back_memory
texts = [str(n) * 100 for n in range(100_000)]
kept = texts[::500]
del texts
before = psutil.Process().memory_info().rss
give_back_memory()
print((before - psutil.Process().memory_info().rss) / 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_memory_between_what_is_still_in_use_is_given_back() -> None:
    process = subprocess.run([sys.executable, "-c", LIKE_A_PULL], capture_output=True, text=True, check=True)

    assert float(process.stdout) > 5
