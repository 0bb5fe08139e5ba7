"""What was measured on: told beside the figures, for they mean nothing without it."""
import datetime
import os
import pathlib
import platform
import subprocess


def lines_of(file, name):
    for line in pathlib.Path(file).read_text().splitlines():
        if line.startswith(name):
            yield line.split(":", 1)[1].strip()


def disk_of(directory):
    """The file system that holds the directory, and the kind of its disk."""
    found = subprocess.run(["findmnt", "--noheadings", "--output", "FSTYPE,SOURCE", "--target", str(directory)],
                           capture_output=True, text=True).stdout.split()
    kind, source = found[:2] if len(found) >= 2 else ("unknown file system", "an unknown device")
    number = os.stat(directory).st_dev
    device = pathlib.Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve()
    for disk in (device, device.parent):
        rotates = disk / "queue/rotational"
        if rotates.exists():
            virtual = (disk / "device/driver").resolve().name.startswith("virtio") or disk.name.startswith("xvd")
            how = "virtual disk" if virtual else "rotating" if rotates.read_text().strip() == "1" else "solid state"
            return f"{kind} on {source} ({how})"
    return f"{kind} on {source}"


def machine(directory):
    memory_kib = int(next(lines_of("/proc/meminfo", "MemTotal")).split()[0])
    return {"cores": os.cpu_count(), "processor": next(lines_of("/proc/cpuinfo", "model name"), platform.machine()),
            "memory_gib": round(memory_kib / 1024 ** 2), "disk": disk_of(directory),
            "system": f"{platform.system()} {platform.release().split('-')[0]}",
            "date": datetime.date.today().isoformat()}
