"""Many questions by `qwq batch`: their pace, and memory at the beginning and at the end.

    python -m benchmarks.batch [--lines 10000] [--concurrency 4]

The questions are short and out of quill's depth, so it says that it does not know; what is weighed
is the batch. Needs a quiet machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.measure import clean_environment, keep

EARLY = 0.05
"""The share of the lines after which memory has settled."""


def main() -> None:
    """Run it, print what it took, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, clean_environment() as env:
        questions, answers = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        with questions.open("w", encoding="utf-8") as file:
            for number in range(asked.lines):
                line = {"id": f"q{number}", "question": f"Hello number {number}, how are you?"}
                file.write(f"{json.dumps(line)}\n")
        command = [sys.executable, "-m", "qwq_cli", "batch", "-q", str(questions)]
        command += ["-o", str(answers), "--concurrency", str(asked.concurrency)]
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=env)
        weighed = psutil.Process(process.pid)
        early = most = 0
        while process.poll() is None:
            try:
                now = weighed.memory_info().rss
                most = max(most, now)
                size = answers.stat().st_size if answers.exists() else 0
            except psutil.NoSuchProcess:
                break
            if not early and size > EARLY * 1000 * asked.lines:
                early = now
            time.sleep(0.2)
        wall_s = time.perf_counter() - begun
        records = [json.loads(line) for line in answers.open(encoding="utf-8")]
    usage = [record["usage"] for record in records]
    tokens = sum(each["reasoning_tokens"] + each["answer_tokens"] for each in usage)
    figures = {
        "lines": len(records),
        "concurrency": asked.concurrency,
        "failed": sum(record["error"] is not None for record in records),
        "wall_s": round(wall_s, 1),
        "lines_per_s": round(len(records) / wall_s, 1),
        "tokens_per_s": round(tokens / wall_s),
        "rss_early_mb": round(early / 1e6, 1),
        "rss_most_mb": round(most / 1e6, 1),
    }
    print(json.dumps(figures, indent=2))
    keep("batch", figures)


if __name__ == "__main__":
    main()
