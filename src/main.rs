//! Table of contents: parse, run, render the error, exit code.
fn main() {}
