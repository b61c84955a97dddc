"""A hook before each commit: end files with one line break, refuse merge markers and large files."""

import sys
from pathlib import Path

_LARGEST_BYTES = 500 * 1024
_MARKERS = (b"<" * 7 + b" ", b">" * 7 + b" ")
_LOCKS = {"package-lock.json", "base.txt", "dev.txt"}


def find_fault(path: Path) -> str | None:
    """Repair the file's end; return what a person has to decide about."""
    content = path.read_bytes()
    if len(content) > _LARGEST_BYTES and path.name not in _LOCKS:
        return f"{path}: {len(content) // 1024} kB. Files this large make every clone slower; generate or shrink it."
    if any(line.startswith(_MARKERS) for line in content.splitlines()):
        return f"{path}: has merge markers. Finish the merge."
    tidy = content.rstrip(b"\n") + b"\n"
    if content and content != tidy:
        path.write_bytes(tidy)
        return f"{path}: the last line was put right. Add it again."
    return None


if __name__ == "__main__":
    faults = [fault for name in sys.argv[1:] if (fault := find_fault(Path(name)))]
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)
