//! The fix for people: the diff, the plan, the order of work, and what that comes to.

use std::io::{self, Write};

use anstyle::Style;

use super::diff::{Hunk, Sign, hunks};
use super::{Change, Done, Face, Mode, order, plan};
use crate::advise::plan::{FileEdits, Plan};
use crate::report::Options;
use crate::report::mask::Mask;
use crate::report::page::{BOLD, CYAN, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::report::words::count;

/// The longest line of a diff that is shown whole: a manifest may be one line of JSON.
const LONGEST: usize = 300;
/// So many characters are shown before the first that changes in a longer one.
const LEAD: usize = 60;

pub(super) struct Text<'o> {
    page: Page<'o>,
    mask: Mask,
    mode: Mode,
    files: u64,
    edited: u64,
}

impl<'o> Text<'o> {
    pub(super) fn new(mode: Mode, options: &Options, mask: Mask, out: &'o mut dyn Write) -> Self {
        Self { page: Page::new(out, options), mask, mode, files: 0, edited: 0 }
    }

    fn head(&mut self) -> io::Result<()> {
        let what = match self.mode {
            Mode::Write => "This was written.",
            Mode::Show | Mode::Check => {
                "It is to be read and is no patch: `unbake fix --write` makes the edits."
            }
        };
        let words = format!("Values are masked (********) in this diff. {what}");
        self.page.prose(0, DIM, "", &words)?;
        self.page.blank()
    }

    fn hunk(&mut self, hunk: &Hunk, file: &FileEdits) -> io::Result<()> {
        let side = |(first, count): (usize, usize)| match count {
            1 => first.to_string(),
            _ => format!("{first},{count}"),
        };
        let lines = hunk.old.0 as u64..(hunk.old.0 + hunk.old.1).max(hunk.old.0 + 1) as u64;
        let within = file.uses.iter().find(|used| lines.contains(&used.line));
        let object = within.map(|used| format!(" {} {}", used.document.kind, used.document.name));
        let object = object.unwrap_or_default();
        let heading = format!("@@ -{} +{} @@{}", side(hunk.old), side(hunk.new), object.trim_end());
        self.page.line(0, CYAN, &heading)?;
        let (goes, comes) = (first(hunk, Sign::Goes), first(hunk, Sign::Comes));
        let changes_at = goes.chars().zip(comes.chars()).take_while(|(a, b)| a == b).count();
        for line in &hunk.lines {
            let (sign, style) = match line.sign {
                Sign::Stays => (' ', PLAIN),
                Sign::Goes => ('-', RED),
                Sign::Comes => ('+', GREEN),
            };
            let at = if line.sign == Sign::Stays { 0 } else { changes_at };
            self.put(&format!("{sign}{}", part(&line.text, at)), style)?;
            if line.unended {
                self.put("\\ No newline at end of file", PLAIN)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, line: &str, style: Style) -> io::Result<()> {
        self.page.line(0, style, line.trim_end_matches(' '))
    }

    fn new_files(&mut self, plan: &Plan) -> io::Result<()> {
        for file in &plan.new_files {
            self.page.line(0, PLAIN.effects(BOLD), "--- /dev/null")?;
            self.page.line(0, PLAIN.effects(BOLD), &format!("+++ b/{}", file.path.display()))?;
            self.page.line(0, CYAN, &format!("@@ -0,0 +1,{} @@", file.text.lines().count()))?;
            for line in file.text.lines() {
                let mut line = line.to_owned();
                self.mask.name(&mut line);
                self.put(&format!("+{line}"), GREEN)?;
            }
            self.page.blank()?;
        }
        Ok(())
    }

    fn failed(&mut self, done: &Done) -> io::Result<()> {
        if done.failed.is_empty() {
            return Ok(());
        }
        self.page.line(0, RED.effects(BOLD), &format!("NOT WRITTEN · {}", done.failed.len()))?;
        self.page.blank()?;
        for failed in &done.failed {
            self.page.line(2, CYAN, &failed.shown)?;
            self.page.prose(4, PLAIN, "", &failed.reason)?;
        }
        self.page.blank()
    }

    fn order(&mut self, plan: &Plan) -> io::Result<()> {
        let steps = order::steps(plan, self.mode);
        if steps.is_empty() {
            return Ok(());
        }
        self.page.line(0, YELLOW.effects(BOLD), order::WARNING)?;
        for (number, step) in (1..).zip(&steps) {
            self.page.prose(2, PLAIN, &format!("{number}. "), step)?;
        }
        self.page.blank()
    }

    fn closing(&mut self, plan: &Plan, done: &Done) -> io::Result<()> {
        let left = match plan.refused.len() as u64 {
            0 => String::new(),
            1 => "; 1 credential is left as it is".to_owned(),
            n => format!("; {} are left as they are", count(n, "credential", "credentials")),
        };
        if self.files == 0 && plan.new_files.is_empty() {
            let words = if plan.refused.is_empty() && done.failed.is_empty() {
                "Nothing to fix: no credential in a manifest.".to_owned()
            } else {
                format!("Nothing was rewritten{left}.")
            };
            return self.page.prose(0, PLAIN, "", &words);
        }
        let places = count(self.edited, "place", "places");
        let files = count(self.files, "file", "files");
        let words = match self.mode {
            Mode::Write => format!("Rewrote {places} in {files}{left}."),
            Mode::Show => format!("`unbake fix --write` rewrites {places} in {files}{left}."),
            Mode::Check => format!("`unbake fix` could rewrite {places} in {files}{left}."),
        };
        self.page.prose(0, PLAIN.effects(BOLD), "", &words)
    }
}

impl Face for Text<'_> {
    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        let hunks = hunks(change, &self.mask);
        if hunks.is_empty() {
            return Ok(());
        }
        if self.files == 0 {
            self.head()?;
        }
        self.files += 1;
        self.edited += change.file.uses.len() as u64;
        let style = PLAIN.effects(BOLD);
        let mut shown = change.file.shown.clone();
        self.mask.name(&mut shown);
        self.page.line(0, style, &format!("--- a/{}", shown.trim_start_matches('/')))?;
        self.page.line(0, style, &format!("+++ b/{}", shown.trim_start_matches('/')))?;
        for hunk in &hunks {
            self.hunk(hunk, change.file)?;
        }
        self.page.blank()
    }

    fn finish(&mut self, plan: &Plan, done: &Done) -> io::Result<()> {
        self.new_files(plan)?;
        plan::write(&mut self.page, &self.mask, plan, done)?;
        self.failed(done)?;
        self.order(plan)?;
        self.closing(plan, done)
    }
}

fn first(hunk: &Hunk, sign: Sign) -> &str {
    hunk.lines.iter().find(|line| line.sign == sign).map_or("", |line| &line.text)
}

/// A line; of one that is too long, the part where it changes.
fn part(line: &str, changes_at: usize) -> String {
    let length = line.chars().count();
    if length <= LONGEST {
        return line.to_owned();
    }
    let from = changes_at.saturating_sub(LEAD).min(length - LONGEST / 2);
    let lead = if from > 0 { "…" } else { "" };
    let tail = if from + LONGEST < length { "…" } else { "" };
    let shown: String = line.chars().skip(from).take(LONGEST).collect();
    format!("{lead}{shown}{tail}")
}
