#!/usr/bin/env python3
"""terminal.py PLAN SECRETS CWD OUT: runs every command of a plan as it is printed.

An interactive bash on a terminal of its own gets the lines as someone would type them,
one after the other, and is given each value when a command asks for it. Meanwhile
everything that is started is written down by strace, with its arguments and its
environment, and `ps` is asked while a command has the value in hand. None of that may
hold a value, nor may the history of the shell, nor the screen.

SECRETS is the directory into which `fix --emit secret` wrote. Prints 'ok' and 'FAIL' lines.
"""

import json
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import fcntl

import objects

PROMPT = re.compile(r"unbake-e2e (\d+)> $")
ASKS = re.compile(r"(?:^|\n)(file with )?(?:([-.\w]+)/)?([-.\w]+)(, then Ctrl-D)?: $")
SECONDS = 30


class Terminal:
    """An interactive bash under strace."""

    def __init__(self, cwd, out):
        self.history, self.trace = out / "history", out / "execve"
        command = ["strace", "-f", "-v", "-qq", "-s", "65536", "-e", "trace=execve", "-e", "signal=none",
                   "-o", str(self.trace), "bash", "--noprofile", "--norc", "-i"]
        environment = {
            "PATH": os.environ["PATH"], "KUBECONFIG": os.environ["KUBECONFIG"], "HOME": str(out), "TERM": "dumb",
            "LC_ALL": "C.UTF-8", "HISTFILE": str(self.history), "PS1": "unbake-e2e $?> ", "PS2": "", "INPUTRC": "/dev/null",
        }
        pid, self.screen = pty.fork()
        if pid == 0:
            os.chdir(cwd)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 20000, 0, 0))
        self.pid, self.seen = pid, ""

    def type(self, text):
        data = text.encode()
        while data:
            # a terminal holds some 4,000 bytes that nobody has read yet
            data = data[os.write(self.screen, data[:1024]):]

    def wait(self, *patterns):
        """Reads until what is shown ends with one of the patterns: its number and match."""
        shown, end = "", time.monotonic() + SECONDS
        while True:
            ready, _, _ = select.select([self.screen], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"nothing is asked and nothing ends; the last that was shown: {shown[-200:]!r}")
            try:
                data = os.read(self.screen, 65536)
            except OSError:
                raise TimeoutError(f"the shell has ended; the last that was shown: {shown[-200:]!r}")
            shown += data.decode(errors="replace")
            self.seen += data.decode(errors="replace")
            for number, pattern in enumerate(patterns):
                if match := pattern.search(shown):
                    return number, match

    def end(self):
        """Leaves the shell, which writes its history; a command that still waits is hung up on."""
        self.type("exit\n")
        try:
            self.wait(re.compile(r"(?!)"))
        except TimeoutError:
            pass
        os.close(self.screen)
        os.waitpid(self.pid, 0)


def processes():
    """What anyone can see of the processes that run, and what their owner sees of their environment."""
    return subprocess.run(["ps", "axeww", "-o", "args"], capture_output=True, text=True, errors="replace").stdout


class Values:
    """The values that are asked for."""

    def __init__(self, plan, secrets, out):
        self.out, self.held = out, {}
        for (_, name), keys in objects.emitted(secrets).items():
            for key, value in keys.items():
                self.held[name, key] = value
        self.planned = {(secret["name"], key["key"]) for secret in plan["secrets"] for key in secret["keys"]}

    def answer(self, match, line):
        """What is typed when the command asks this. Where it names the key alone, the Secret is the one in its line."""
        file, name, key, until_end = match.groups()
        words = re.findall(r"[-.\w]+", line)
        names = [one for one, held in self.planned if held == key and (one == name or not name and one in words)]
        if len(names) != 1:
            raise KeyError(f"it asks for {match.group(0).strip()!r}, which is {len(names)} of the plan's values")
        value = self.held[names[0], key]
        if file:
            path = self.out / "value"
            path.write_text(value)
            return f"{path}\n"
        if until_end:
            # an end of file in the middle of a line only hands on what there is of it
            return value + ("\x04" if value.endswith("\n") else "\x04\x04")
        return value + "\n"


def run(terminal, line, values, snapshots):
    """Runs one command: its status."""
    terminal.type(line + "\n")
    while True:
        number, match = terminal.wait(PROMPT, ASKS)
        if number == 0:
            return int(match.group(1))
        # the echo is off by now: the command does that before it asks
        answer = values.answer(match, line)
        if answer.endswith("\x04"):
            terminal.type(answer.rstrip("\x04"))
            time.sleep(0.2)
            snapshots.append(processes())
            terminal.type("\x04" * (len(answer) - len(answer.rstrip("\x04"))))
        else:
            terminal.type(answer)
            snapshots.append(processes())


def report(good, name, why=""):
    print(f"ok   {name}" if good else f"FAIL {name}: {why}", flush=True)


def main(plan, secrets, cwd, out):
    plan, out = json.loads(pathlib.Path(plan).read_text()), pathlib.Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    values, snapshots = Values(plan, secrets, out), []
    terminal = Terminal(cwd, out)
    terminal.wait(PROMPT)
    report(plan["commands"], "commands: some are printed", "there is none")
    for command in plan["commands"]:
        try:
            status = run(terminal, command["line"], values, snapshots)
            why = f"it ended with {status}: {terminal.seen.splitlines()[-2][:300]}"
        except (TimeoutError, KeyError) as error:
            status, why = 1, repr(error)
        report(status == 0, f"commands: {command['what']}", why.replace("\n", " "))
        if status != 0:
            break
    terminal.end()
    texts = {
        "arguments or environment of a process": terminal.trace.read_text(),
        "the output of ps": "\n".join(snapshots),
        "the history": terminal.history.read_text(),
        "the screen": terminal.seen,
    }
    for where, text in texts.items():
        held = [place for place in sorted(values.planned) if appears(values.held[place], text)]
        report(not held and text, f"commands: no value in {where}", f"of {held}" if held else "there is none")
    history = texts["the history"]
    missing = [command["what"] for command in plan["commands"] if command["line"].splitlines()[0] not in history]
    report(not missing, "commands: the lines themselves are in the history", f"not {missing}")
    report(snapshots, "commands: ps was asked while a command had the value", "it was not")


def appears(value, text):
    """Whether a value stands in a text, as it is or as strace writes bytes."""
    escaped = "".join(chr(byte) if byte < 128 else f"\\{byte:o}" for byte in value.encode())
    return value.strip() in text or escaped.strip() in text


main(*sys.argv[1:])
