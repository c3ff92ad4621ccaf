//! The report for people: what was found, the worst first; what was not read; what that comes to.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::page::{self, BOLD, Page};
use super::words::count;
use super::{Options, Render};
use crate::finding::{Finding, Report, Severity};

mod closing;
mod finding;

pub(super) struct Text;

impl Render for Text {
    fn render(&self, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(out, options);
        let show = finding::Show {
            reveal: options.reveal,
            name_images: report
                .findings
                .iter()
                .flat_map(|finding| &finding.locations)
                .filter_map(|location| location.image.as_ref())
                .collect::<BTreeSet<_>>()
                .len()
                > 1,
        };
        for severity in Severity::ALL {
            let findings: Vec<_> = report.findings.iter().filter(|f| f.severity == severity).collect();
            group(&mut page, severity, &findings, show)?;
        }
        closing::write(&mut page, report)
    }
}

fn group(
    page: &mut Page<'_>,
    severity: Severity,
    findings: &[&Finding],
    show: finding::Show,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let raised = findings.iter().filter(|finding| finding.suppressed.is_none()).count();
    let number = count(raised as u64, "finding", "findings");
    let beside = match findings.len() - raised {
        0 => String::new(),
        shown => format!(", {}", count(shown as u64, "shown and not raised", "shown and not raised")),
    };
    let heading = format!("{} · {number}{beside}", severity.as_str().to_uppercase());
    page.line(0, page::of_severity(severity).effects(BOLD), &heading)?;
    page.blank()?;
    for finding in findings {
        finding::write(page, finding, show)?;
    }
    Ok(())
}
