//! Puts the hooks into a repository, beside what is there, and takes them out again.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Exit;
use crate::source::git::Git;

/// Tells our hooks from others.
const MARK: &str = "# unbake-hook: ";
/// What is put behind the name of a hook that was there before.
const BEFORE: &str = ".before-unbake";

/// The hooks there are.
const HOOKS: [&str; 2] = ["pre-push", "pre-commit"];

/// What stands where a hook would.
enum There {
    Nothing,
    Ours,
    Other,
}

pub(super) fn install(pre_commit: bool) -> anyhow::Result<Exit> {
    let directory = directory()?;
    fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
    for hook in HOOKS.into_iter().filter(|hook| pre_commit || *hook == "pre-push") {
        let (file, before) = (directory.join(hook), before(&directory, hook));
        match there(&file)? {
            There::Ours | There::Nothing => {}
            There::Other if before.symlink_metadata().is_ok() => bail!(
                "both {} and {} are there, and neither is unbake's: keep one of them, then install again",
                file.display(),
                before.display()
            ),
            There::Other => fs::rename(&file, &before).with_context(|| file.display().to_string())?,
        }
        write(&file, &script(hook)?)?;
        say(&format!("{} is installed{}", file.display(), chained(&before)));
    }
    if let Some(warning) = shared(&directory)? {
        say(&warning);
    }
    Ok(Exit::Clean)
}

pub(super) fn uninstall() -> anyhow::Result<Exit> {
    let directory = directory()?;
    for hook in HOOKS {
        let (file, before) = (directory.join(hook), before(&directory, hook));
        match there(&file)? {
            There::Ours => {
                let was_there = before.symlink_metadata().is_ok();
                // Of the two, the renaming alone leaves no moment without a hook.
                let done = if was_there { fs::rename(&before, &file) } else { fs::remove_file(&file) };
                done.with_context(|| file.display().to_string())?;
                let back = if was_there { ", and what was there before is back" } else { "" };
                say(&format!("{} is taken out{back}", file.display()));
            }
            There::Other => say(&format!("{} is not unbake's, and stays", file.display())),
            There::Nothing => {}
        }
    }
    Ok(Exit::Clean)
}

pub(super) fn status() -> anyhow::Result<Exit> {
    let directory = directory()?;
    let mut exit = Exit::Leaks;
    for hook in HOOKS {
        let (file, before) = (directory.join(hook), before(&directory, hook));
        let words = match there(&file)? {
            There::Ours => {
                if hook == "pre-push" {
                    exit = Exit::Clean;
                }
                format!("installed in {}{}", file.display(), chained(&before))
            }
            There::Other => {
                format!("{} is another one; `unbake hook install` would run it as well", file.display())
            }
            There::Nothing => "not installed".to_owned(),
        };
        say(&format!("{hook}: {words}"));
    }
    Ok(exit)
}

/// Where git looks for hooks: `core.hooksPath`, or the directory of the repository that all its worktrees share.
fn directory() -> anyhow::Result<PathBuf> {
    let directory = Git::here().path("hooks")?;
    if directory.ends_with(".husky/_") {
        bail!(
            "husky makes the hooks of this repository, and would make them anew: write\n  unbake hook pre-push \"$@\"\nto \
             .husky/pre-push instead"
        );
    }
    Ok(directory)
}

/// What to know of a directory of hooks that is not the repository's own.
fn shared(directory: &Path) -> anyhow::Result<Option<String>> {
    let common = Git::here().common()?;
    let own = directory.starts_with(&common)
        || matches!((directory.canonicalize(), common.canonicalize()), (Ok(d), Ok(c)) if d.starts_with(&c));
    Ok((!own).then(|| {
        format!("core.hooksPath is {}: the hook runs in every repository that uses it", directory.display())
    }))
}

fn before(directory: &Path, hook: &str) -> PathBuf {
    directory.join(format!("{hook}{BEFORE}"))
}

fn chained(before: &Path) -> String {
    match before.symlink_metadata() {
        Ok(_) => format!("; {} runs before it", before.display()),
        Err(_) => String::new(),
    }
}

fn there(file: &Path) -> anyhow::Result<There> {
    if file.symlink_metadata().is_err() {
        return Ok(There::Nothing);
    }
    match fs::read(file) {
        Ok(text) if memchr::memmem::find(&text, MARK.as_bytes()).is_some() => Ok(There::Ours),
        Ok(_) => Ok(There::Other),
        // A link to nothing.
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(There::Other),
        Err(e) => Err(e).with_context(|| file.display().to_string()),
    }
}

/// The program stands in it by its path, since git may run with another PATH (a desktop's); where it is no longer there,
/// the one of the PATH does.
fn script(hook: &str) -> anyhow::Result<String> {
    let program = std::env::current_exe().context("where unbake is")?;
    let program = program.to_str().context("the path of unbake is not UTF-8")?.replace('\'', "'\\''");
    let (input, chain, run) = match hook {
        "pre-push" => (
            "refs=$(cat)\n[ -z \"$refs\" ] || refs=\"$refs\n\"\n",
            "printf '%s' \"$refs\" | \"$before\" \"$@\"",
            "printf '%s' \"$refs\" | \"$unbake\" hook pre-push \"$@\"",
        ),
        _ => ("", "\"$before\" \"$@\"", "exec \"$unbake\" hook pre-commit"),
    };
    Ok(format!(
        "#!/bin/sh\n{MARK}1\n# `unbake hook uninstall` takes it out again. A hook that was there before stands beside it and runs first.\n\
         unbake='{program}'\n[ -x \"$unbake\" ] || unbake=unbake\n\
         if ! command -v \"$unbake\" >/dev/null; then\n    \
         echo 'unbake is not there, so nothing can be scanned: install it, or remove this hook:' \"$0\" >&2\n    exit 3\nfi\n\
         {input}before=\"$0{BEFORE}\"\nif [ -x \"$before\" ]; then\n    {chain} || exit\nfi\n{run}\n"
    ))
}

/// Writes a file that can be run, in one step.
fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let fresh = file.with_extension(format!("unbake-{}", std::process::id()));
    let written = fs::write(&fresh, text)
        .and_then(|()| fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)))
        .and_then(|()| fs::rename(&fresh, file));
    written.with_context(|| file.display().to_string())
}

fn say(line: &str) {
    // Nobody is left to be told when standard output is gone.
    let _ = writeln!(anstream::stdout(), "{line}");
}
