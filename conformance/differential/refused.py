"""What the runner in C says about text that is not of the language: the line, and the exit status 2."""

import subprocess
import sys
import tempfile

HEAD = "scenario 1\nserver A tcp4\nclient a\n"
# The text, the line that is at fault, and a part of what is said of it.
REFUSED = (
    ("at 0: A.listen\n", 1, "outside of a scenario"),
    ("scenario 1\ndone\n", 2, "without a step"),
    (f"{HEAD}at 0: A.listen\n", 5, "without done"),
    (f"{HEAD}nonsense\ndone\n", 4, "no statement"),
    (f"{HEAD}when 0: A.listen\ndone\n", 4, "no statement"),
    (f"{HEAD}server A unix\nat 0: A.listen\ndone\n", 4, "a name twice"),
    (f"{HEAD}server E tcp4\nat 0: A.listen\ndone\n", 4, "no name of a server"),
    (f"{HEAD}server B carrier\nat 0: A.listen\ndone\n", 4, "no kind of server"),
    (f"{HEAD}server B tcp4 highWaterMark=much\nat 0: A.listen\ndone\n", 4, "no option of a server"),
    (f"{HEAD}client B\nat 0: A.listen\ndone\n", 4, "no name of a client"),
    (f"{HEAD}client b maxConnections=1\nat 0: A.listen\ndone\n", 4, "no option of a client"),
    (f"{HEAD}at 0: A.listen\nclient b\ndone\n", 5, "an object behind"),
    (f"{HEAD}bound b tcp4\nat 0: A.listen\ndone\n", 4, "no name of a bound socket"),
    (f"{HEAD}bound x carrier\nat 0: A.listen\ndone\n", 4, "no kind of bound socket"),
    (f"{HEAD}list n\nat 0: A.listen\ndone\n", 4, "no name of a list"),
    (f"{HEAD}list l x\nat 0: A.listen\ndone\n", 4, "no option of a list"),
    (f"{HEAD}client b blockList=l\nat 0: A.listen\ndone\n", 4, "no option of a client"),
    (f"{HEAD}client b typeOfService=256\nat 0: A.listen\ndone\n", 4, "no option of a client"),
    (f"{HEAD}at 1: A.listen\ndone\n", 4, "the first step is not 0"),
    (f"{HEAD}at 0: A.listen\n\n# two\nat 0: A.close\ndone\n", 7, "does not rise"),
    (f"{HEAD}at soon: A.listen\ndone\n", 4, "no number"),
    (f"{HEAD}at 0:\ndone\n", 4, "actions are missing"),
    (f"{HEAD}at 0: A.listen;\ndone\n", 4, "no verb"),
    (f"{HEAD}at 0: A.listen; \ndone\n", 4, "no action"),
    (f"{HEAD}at 0: listen\ndone\n", 4, "no action"),
    (f"{HEAD}at 0: .listen\ndone\n", 4, "no name of an object"),
    (f"{HEAD}at 0: A.0.write 1\ndone\n", 4, "no name of an object"),
    (f"{HEAD}at 0: A.write 1\ndone\n", 4, "no verb"),
    (f"{HEAD}at 0: a.write\ndone\n", 4, "a word is missing"),
    (f"{HEAD}at 0: a.write -1\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.write 1000001\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.write 1  cb\ndone\n", 4, "two spaces"),
    (f"{HEAD}at 0: a.write 1 cb cb\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.connect B\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.connect A family=5\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: A.listen x\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: A.listen fd=1\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.adopt x\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}bound x tcp4\nat 0: x.listen\ndone\n", 5, "no verb"),
    (f"{HEAD}bound x tcp4\nat 0: A.listen\non x close 1: A.close\ndone\n", 6, "no event"),
    (f"{HEAD}list l\nat 0: l.addSubnet ::1\ndone\n", 5, "a word is missing"),
    (f"{HEAD}at 0: a.hear close\ndone\n", 4, "a word that cannot"),
    (f"{HEAD}at 0: a.end{' cb' * 20}\ndone\n", 4, "too many words"),
    (f"{HEAD}at 0: A.listen\non a data: a.end\ndone\n", 5, "not an object"),
    (f"{HEAD}at 0: A.listen\non a connection 1: a.end\ndone\n", 5, "no event"),
    (f"{HEAD}at 0: A.listen\non a data 0: a.end\ndone\n", 5, "counted from 1"),
    (f"{HEAD}at 0: A.listen\non a data x: a.end\ndone\n", 5, "no number"),
)


def complaint(runner: str, text: str) -> tuple[int, str, str]:
    """The exit status and what was printed to both outputs."""
    with tempfile.TemporaryDirectory(prefix="nodenet-") as folder:
        command = [runner, "--folder", folder]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout, done.stderr


def main() -> int:
    """Gives 1 if anything was taken, or refused in other words."""
    failed = 0
    for text, line, words in REFUSED:
        status, out, err = complaint(sys.argv[1], text)
        if status != 2 or out or not err.startswith(f"line {line}: ") or words not in err:
            failed += 1
            print(f"FAILED: {text!r}\n  wanted 2, line {line}: {words}; got {status}, {err!r}, {out!r}")
    print(f"{len(REFUSED) - failed} refused as they should be, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
